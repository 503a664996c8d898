using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>How numbers are shown in tables.</summary>
public sealed class CellTextTests
{
    [Theory]
    [InlineData(AccuracySplit.Test, "test runs: 24.65, 30.00")]
    [InlineData(AccuracySplit.Validation, "validation runs: 28.00, 30.33")]
    [InlineData(AccuracySplit.Both, "test runs: 24.65, 30.00; validation runs: 28.00, 30.33")]
    public void The_runs_of_a_cell_are_those_of_the_split_that_the_table_shows(AccuracySplit split, string text) =>
        Assert.Equal(text, CellText.Runs(Cell([24.65, 30], [28, 30.333]), split));

    [Fact]
    public void A_cell_without_runs_says_so() => Assert.Equal("no run yet", CellText.Runs(Cell([], []), AccuracySplit.Validation));

    [Theory]
    [InlineData(12.07, "12.1 s")]
    [InlineData(59.9, "59.9 s")]
    [InlineData(232, "3:52")]
    [InlineData(7322, "2:02:02")]
    public void Training_times_are_seconds_below_a_minute_and_a_clock_from_there_on(double seconds, string text) =>
        Assert.Equal(text, CellText.TrainingTime(TimeSpan.FromSeconds(seconds)));

    private static ResultCell Cell(double[] test, double[] validation) => new()
    {
        Complete = true,
        Test = new Accuracy { Runs = test },
        Validation = new Accuracy { Runs = validation },
    };
}
