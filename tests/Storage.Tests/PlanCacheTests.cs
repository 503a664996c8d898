using System.Runtime.CompilerServices;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>The grains of one sweep hold one plan between them.</summary>
public sealed class PlanCacheTests(PostgresServer server)
{
    private static readonly SweepPlan Plan = SweepStoreTests.Plan("""{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""");

    [Fact]
    public async Task A_plan_that_is_held_is_not_read_again_and_its_text_is_not_kept()
    {
        await using var store = await TestStore.CreateAsync("sqlite", server);
        await store.Store.Submissions.CreateAsync(JobIdentity.Of(Plan), Plan, new SubmitOptions());

        var (first, second) = ((await store.Store.Sweeps.FindAsync(JobIdentity.Of(Plan)))!,
            (await store.Store.Sweeps.FindAsync(JobIdentity.Of(Plan)))!);

        Assert.Same(first.Plan, second.Plan);
        Assert.Same(first.Plan.SpecJson, second.Sweep.SpecJson);
        Assert.Equal((Plan.SpecJson, ""), (second.Plan.SpecJson, second.Sweep.PlanJson));
    }

    [Fact]
    public void Plans_that_nobody_holds_are_not_kept()
    {
        var cache = new PlanCache();
        var held = cache.Get("held", () => Plan with { });
        for (var round = 0; round < 3; round++)
        {
            Fill(cache, round);
            GC.Collect();
        }

        Assert.InRange(cache.Count, 1, 200);
        Assert.Same(held, cache.Get("held", () => throw new InvalidOperationException("It is held.")));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Fill(PlanCache cache, int round)
    {
        for (var i = 0; i < 100; i++) cache.Get($"{round}-{i}", () => Plan with { });
    }
}
