using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>The arm that validation puts first.</summary>
public sealed class BestArmTests
{
    private static readonly string[] Datasets = ["dtd", "pets"];

    [Fact]
    public void The_mean_over_the_data_sets_decides_and_test_accuracy_does_not() =>
        Assert.Equal(new BestArm("b", 65), BestArm.Of([Row("a", (60, 90), (60, 90)), Row("b", (50, 10), (80, 10))], Datasets));

    [Fact]
    public void An_arm_with_an_incomplete_cell_takes_no_part() =>
        Assert.Equal(new BestArm("a", 60), BestArm.Of([Row("a", (60, 1), (60, 1)), Row("b", (99, 1), null)], Datasets));

    [Fact]
    public void There_is_none_before_an_arm_is_complete() => Assert.Null(BestArm.Of([Row("b", (99, 1), null)], Datasets));

    private static ResultRow Row(string label, params (double Validation, double Test)?[] cells) => new()
    {
        Label = label,
        Method = "adapt",
        Adaptive = false,
        Cells = Datasets.Zip(cells).ToDictionary(pair => pair.First, pair => new ResultCell
        {
            Complete = pair.Second is not null,
            Test = Accuracy(pair.Second?.Test),
            Validation = Accuracy(pair.Second?.Validation),
        }),
    };

    private static Accuracy Accuracy(double? mean) => new() { Mean = mean, Runs = mean is { } run ? [run] : [] };
}
