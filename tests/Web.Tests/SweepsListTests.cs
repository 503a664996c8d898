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
        SweepState state, int completed, string expected) => Assert.Equal(expected, SweepsPage.WithoutBest(Sweep(state, completed)));

    [Theory]
    [InlineData(SweepState.Running, 1, true)]
    [InlineData(SweepState.Failed, 1, true)]
    [InlineData(SweepState.Completed, 2, false)]
    public void The_best_arm_is_incomplete_while_another_arm_has_no_complete_row(SweepState state, int completed, bool expected) =>
        Assert.Equal(expected, SweepsPage.IsIncomplete(Sweep(state, completed)));

    [Theory]
    [InlineData(SweepState.Running, 2, true)]
    [InlineData(SweepState.Interrupted, 1, true)]
    [InlineData(SweepState.Cancelled, 0, true)]
    [InlineData(SweepState.Completed, 2, false)]
    public void A_sweep_that_is_not_complete_shows_its_progress_in_iterations(SweepState state, int completed, bool expected) =>
        Assert.Equal(expected, ListedStatus.IsNeeded(Sweep(state, completed)));

    private static SweepSummary Sweep(SweepState state, int completed) => new()
    {
        Id = "tiny-01234567",
        Name = "tiny",
        State = state,
        Submitted = DateTimeOffset.UnixEpoch,
        Jobs = new JobCounts { Total = 2, Completed = completed, Failed = 2 - completed, Cached = 0 },
    };
}
