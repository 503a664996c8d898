using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>Which row of a published table a sweep's row is compared with.</summary>
public sealed class ReportedTableTests
{
    [Fact]
    public void A_row_is_paired_by_its_method_whatever_it_is_called() =>
        Assert.Equal("MaPLe", ReportedTable.Paper.Find(Row("multi-modal", AxisValues.None))?.Label);

    [Fact]
    public void A_row_of_few_shot_curves_is_not_paired_with_the_papers_sixteen_shots() =>
        Assert.Null(ReportedTable.Paper.Find(Row("MaPLe (shots=1)", new((AxisValues.Shots, "1")))));

    [Fact]
    public void A_row_that_differs_in_a_hyperparameter_alone_is_paired() =>
        Assert.Equal("MaPLe", ReportedTable.Paper.Find(Row("MaPLe (learningRate=0.1)", new(("learningRate", "0.1"))))?.Label);

    [Fact]
    public void Rows_of_two_sweeps_are_paired_by_their_shots()
    {
        var other = new ReportedTable
        {
            Source = "another sweep",
            Rows =
            [
                .. new[] { "1", "4" }.Select(shots => new ReportedRow
                {
                    Label = $"with {shots}", Method = "maple", Axes = new((AxisValues.Shots, shots)), Test = [],
                }),
            ],
        };

        Assert.Equal("with 4", other.Find(Row("MaPLe (shots=4)", new((AxisValues.Shots, "4"))))?.Label);
    }

    private static ResultRow Row(string label, AxisValues axes) =>
        new() { Label = label, Method = "maple", Adaptive = false, Cells = [], Axes = axes };
}
