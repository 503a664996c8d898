using AdaptCluster.Connections;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

/// <summary>What commands read of a store that no silo uses.</summary>
public sealed class OfflineStoreTests(PostgresServer server)
{
    [Fact]
    public async Task A_sweep_whose_retry_broke_off_behind_its_first_write_is_shown_as_interrupted()
    {
        await using var store = await TestStore.CreateAsync("sqlite", server, cluster: ClusterJoin.LocalCluster);
        var plan = SweepStoreTests.Plan("""{"name": "retried", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""");
        var id = JobIdentity.Of(plan);
        await store.Store.Submissions.CreateAsync(id, plan, new SubmitOptions());
        await store.Store.Jobs.MoveJobsAsync(id, [JobState.Queued], JobState.Failed);
        await store.Store.Sweeps.SetStateAsync(id, SweepState.Failed);
        Assert.Equal(SweepState.Failed, await StateAsync(store, id));

        await store.Store.Jobs.MoveJobsAsync(id, [JobState.Failed], JobState.Queued);

        Assert.Equal(SweepState.Interrupted, await StateAsync(store, id));
    }

    private static async Task<SweepState> StateAsync(TestStore store, SweepId id) =>
        (await (await OfflineStore.OpenAsync(store.Database.ToString(), () => "cpu"))!.StatusAsync(id)).Summary.State;
}
