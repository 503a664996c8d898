using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Results;

/// <summary>The current accuracies in one table cell, as reported in metrics.</summary>
/// <param name="Arm">The label of the cell's row.</param>
/// <param name="Dataset">The name of the cell's data set.</param>
/// <param name="Validation">The validation accuracy, from 0 to 1; null until there is a result.</param>
/// <param name="Test">The test accuracy, from 0 to 1; null until there is a result and, for an adaptive arm, until its settings are
/// chosen.</param>
public sealed record CellLevel(string Arm, string Dataset, double? Validation, double? Test)
{
    /// <summary>
    /// The maximum number of cells reported per sweep. The limit exceeds the size of tables that people read, but is small enough for a
    /// time series database.
    /// </summary>
    public const int MaxCells = 1000;

    /// <summary>
    /// Returns the accuracies of each cell: the validation accuracy of its best candidate, and the test accuracy shown in the table.
    /// </summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The results so far.</param>
    public static CellLevel[] Of(SweepPlan plan, RunTable runs)
    {
        var rows = plan.Rows.Take(Math.Max(1, MaxCells / Math.Max(1, plan.Datasets.Length))).ToArray();
        return
        [
            .. from row in rows.Zip(ResultTable.Rows(plan with { Rows = rows }, runs, ResultAnomalies.None))
               from cell in row.First.Cells.Take(MaxCells)
               let best = cell.Candidates.Max(candidate => ValidationOf(runs.Runs(candidate.Group, plan.Seeds.Length)))
               select new CellLevel(row.First.Label, cell.Dataset, best, row.Second.Cells[cell.Dataset].Test.Mean / 100),
        ];
    }

    private static double? ValidationOf(RunDigits[] runs) =>
        runs.Sum(run => (long)run.ValidationTotal) is > 0 and var images
            ? (double)runs.Sum(run => (long)run.ValidationCorrect) / images : null;
}
