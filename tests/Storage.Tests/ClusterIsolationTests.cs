using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>Clusters that share a database do not see each other's sweeps.</summary>
public sealed class ClusterIsolationTests(PostgresServer server)
{
    private static readonly SweepPlan Plan = SweepStoreTests.Plan(
        """{"name": "both", "datasets": ["dtd"], "seeds": [1, 2], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""");
    private static readonly SweepId Shared = JobIdentity.Of(Plan);

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task A_cluster_neither_finds_nor_lists_nor_opens_nor_interrupts_a_sweep_of_another(string kind)
    {
        await using var one = await TestStore.CreateAsync(kind, server, cluster: "one");
        await using var two = one.Beside(cluster: "two");
        await CompleteAsync(one.Store, Shared, jobs: 3);

        Assert.Null(await two.Store.Sweeps.FindAsync(Shared));
        Assert.Empty((await two.Store.Sweeps.ListAsync(0, 100)).Sweeps);
        Assert.Empty(await two.Store.Sweeps.OpenSweepsAsync());
        Assert.Empty(await two.Store.Sweeps.FindSweepsAsync("", 10));
        Assert.Empty(await two.Store.Sweeps.FindSweepsAsync(Shared.Value[..4], 10));
        Assert.Empty(await two.Store.Sweeps.OtherSweepsAsync(new("other-00000000"), 10));
        Assert.Null(await two.Store.Cache.SpeedAsync(Plan));
        await two.Store.Sweeps.MarkInterruptedAsync();

        Assert.Equal(SweepState.Running, (await one.Store.Sweeps.FindAsync(Shared))!.Sweep.State);
        Assert.Single((await one.Store.Jobs.LoadAsync(Shared, 2)).Running);
        Assert.NotNull(await one.Store.Cache.SpeedAsync(Plan));
        Assert.Equal(Shared.Value, Assert.Single((await one.Store.Sweeps.ListAsync(0, 100)).Sweeps).Id);
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task The_same_plan_is_a_sweep_of_its_own_in_each_cluster_and_found_again_when_it_is_submitted_again(string kind)
    {
        await using var one = await TestStore.CreateAsync(kind, server, cluster: "one");
        await using var two = one.Beside(cluster: "two");
        await CompleteAsync(one.Store, Shared, jobs: 4);

        var own = await two.Store.Sweeps.IdOfAsync(Plan);
        await two.Store.Submissions.CreateAsync(own, Plan, new SubmitOptions());

        Assert.NotEqual(Shared, own);
        Assert.Equal((Shared, own), (await one.Store.Sweeps.IdOfAsync(Plan), await two.Store.Sweeps.IdOfAsync(Plan)));
        Assert.Equal((own.Value, Shared.Value), ((await two.Store.Sweeps.ListAsync(0, 100)).Sweeps.Single().Id,
            (await one.Store.Sweeps.ListAsync(0, 100)).Sweeps.Single().Id));
        // Another cluster's results are another machine's: none is taken over.
        Assert.Equal((4, 0), ((await two.Store.Jobs.JobsAsync(own, JobState.Queued, 10)).Count,
            await two.Store.Cache.CountCachedAsync(Plan)));
        Assert.Equal(4, await one.Store.Cache.CountCachedAsync(Plan));
        // Of two clusters that submit at the same moment the later one is told, and finds its own id then.
        await Assert.ThrowsAsync<InvalidInputException>(() => two.Store.Submissions.CreateAsync(Shared, Plan, new SubmitOptions()));
    }

    [Theory]
    [InlineData("sqlite")]
    [InlineData("postgres")]
    public async Task Sweeps_of_earlier_versions_go_to_the_cluster_that_starts_first_or_works_on_them_first(string kind)
    {
        await using var one = await TestStore.CreateAsync(kind, server, cluster: "one");
        await using var two = one.Beside(cluster: "two");
        var (claimed, found) = (Plan with { Name = "claimed" }, Plan with { Name = "found" });
        await one.Store.Submissions.CreateAsync(JobIdentity.Of(claimed), claimed, new SubmitOptions());
        // As a silo of the version before inserts it.
        await one.ExecuteAsync("UPDATE sweeps SET cluster = ''");
        Assert.Single((await two.Store.Sweeps.ListAsync(0, 100)).Sweeps);

        await one.Store.Sweeps.ClaimAsync();
        Assert.Empty((await two.Store.Sweeps.ListAsync(0, 100)).Sweeps);
        await one.Store.Submissions.CreateAsync(JobIdentity.Of(found), found, new SubmitOptions());
        await one.ExecuteAsync("UPDATE sweeps SET cluster = '' WHERE name = 'found'");
        Assert.Equal("two", (await two.Store.Sweeps.FindAsync(JobIdentity.Of(found)))!.Sweep.Cluster);

        Assert.Equal("claimed", Assert.Single((await one.Store.Sweeps.ListAsync(0, 100)).Sweeps).Name);
        Assert.Null(await one.Store.Sweeps.FindAsync(JobIdentity.Of(found)));
    }

    private static async Task CompleteAsync(SweepStore store, SweepId id, int jobs)
    {
        await store.Submissions.CreateAsync(id, Plan, new SubmitOptions());
        await store.History.SaveEnvironmentAsync("e", "{}");
        for (var pack = 0; pack < Plan.PackCount; pack++)
            await store.Leases.BeginPacksAsync(id, Plan, [(new PackStart(LeaseId.New(), new(pack), "w", Samples.Environment), "e")]);
        await store.Attempts.ApplyAsync(
            id, [.. Enumerable.Range(0, jobs).Select(position => JobReport.Completed(new(position), new(1), Samples.Result(1)))],
            JobState.Queued);
    }
}
