using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Tests.Queue;

public sealed class SweepShareTests
{
    [Fact]
    public void The_queue_takes_a_sweep_as_the_store_has_it_in_the_order_of_submission() =>
        Assert.Equal(new SweepShare(new SweepId("s-00000000"), 3, 2, 7, Paused: true, 5), QueueGrain.Share(new SweepEntity
        {
            Id = "s-00000000",
            Cluster = "c",
            Name = "s",
            State = SweepState.Paused,
            SubmittedMs = 99,
            Ordinal = 7,
            Priority = 3,
            Parallel = 2,
            Pool = "gpu",
            TotalJobs = 1,
            SpecJson = "",
            PlanFormat = 1,
            PlanJson = "",
            Trainer = 5,
        }));
}
