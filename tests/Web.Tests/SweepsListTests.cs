using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Web.Sweeps;

namespace AdaptCluster.Web.Tests;

/// <summary>What a line of the list says.</summary>
public sealed class SweepsListTests
{
    [Theory]
    [InlineData(SweepState.Running, 1, "none yet")]
    [InlineData(SweepState.Interrupted, 1, "none yet")]
    [InlineData(SweepState.Failed, 0, "none yet")]
    [InlineData(SweepState.Failed, 1, "on its page")]
    [InlineData(SweepState.Completed, 2, "on its page")]
    public void Of_an_ended_sweep_the_list_does_not_say_that_its_best_arm_is_still_to_come(
        SweepState state, int completed, string expected) => Assert.Equal(expected, SweepsPage.WithoutBest(new SweepSummary
        {
            Id = "tiny-01234567",
            Name = "tiny",
            State = state,
            Submitted = DateTimeOffset.UnixEpoch,
            Jobs = new JobCounts { Total = 2, Completed = completed, Failed = 2 - completed, Cached = 0 },
        }));
}
