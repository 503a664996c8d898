using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>How fast jobs were, which tells how long others will take, is known of each backbone by itself.</summary>
public sealed class SpeedOfBackbonesTests(PostgresServer server)
{
    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_backbones_speed_is_that_of_its_own_jobs_whichever_it_is_of_their_sweep(string kind)
    {
        var plan = SweepStoreTests.Plan(
            """{"name": "both", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""");
        var mixed = plan with
        {
            Groups = [plan.Groups[0] with { Cost = 6 }, plan.Groups[1] with { Cost = 30, BackboneFingerprint = "other" }],
        };
        var id = JobIdentity.Of(mixed);
        await using var store = await TestStore.CreateAsync(kind, server);
        await store.Store.Submissions.CreateAsync(id, mixed, new SubmitOptions());
        await store.Store.History.SaveEnvironmentAsync("e", "{}");
        for (var pack = 0; pack < mixed.PackCount; pack++)
            await store.Store.Leases.BeginPacksAsync(id, mixed, [(new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e")]);
        var result = Samples.Result(1);
        await store.Store.Attempts.ApplyAsync(
            id, [.. mixed.Positions.Select(position => JobReport.Completed(position, new(1), result))], JobState.Queued);

        var seconds = result.Duration.TotalSeconds;
        Assert.Equal(6 / seconds, (await store.Store.Cache.SpeedAsync(plan))!.Value, 1e-9);
        Assert.Equal(30 / seconds, (await store.Store.Cache.SpeedAsync(plan with { BackboneFingerprint = "other" }))!.Value, 1e-9);
        Assert.Null(await store.Store.Cache.SpeedAsync(plan with { BackboneFingerprint = "a third" }));
    }
}
