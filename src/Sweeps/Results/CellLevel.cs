using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Results;

/// <summary>One number of a table, as far as it is known, for those who watch.</summary>
/// <param name="Arm">Its row.</param>
/// <param name="Dataset">Its column.</param>
/// <param name="Validation">0 to 1; null before the first run.</param>
/// <param name="Test">0 to 1; null before the first run, and of an adaptive arm before its choice.</param>
public sealed record CellLevel(string Arm, string Dataset, double? Validation, double? Test)
{
    /// <summary>
    /// Cells that are shown of one sweep: more than any table that people read, and few enough for whoever stores time series.
    /// </summary>
    public const int MaxCells = 1000;

    /// <summary>
    /// What is shown of a table: for each cell its best candidate by validation, and the test accuracy that the table has.
    /// </summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">Its results so far.</param>
    public static CellLevel[] Of(SweepPlan plan, RunTable runs)
    {
        var rows = plan.Rows.Take(Math.Max(1, MaxCells / Math.Max(1, plan.Datasets.Length))).ToArray();
        return
        [
            .. from row in rows.Zip(ResultTable.Rows(plan with { Rows = rows }, runs, ResultDoubts.None))
               from cell in row.First.Cells.Take(MaxCells)
               let best = cell.Candidates.Max(candidate => ValidationOf(runs.Runs(candidate.Group, plan.Seeds.Length)))
               select new CellLevel(row.First.Label, cell.Dataset, best, row.Second.Cells[cell.Dataset].Test.Mean / 100),
        ];
    }

    private static double? ValidationOf(RunDigits[] runs) =>
        runs.Sum(run => (long)run.ValidationTotal) is > 0 and var images
            ? (double)runs.Sum(run => (long)run.ValidationCorrect) / images : null;
}
