using System.Text.RegularExpressions;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>Gathers the rows of a table that differ only in T_target into curves.</summary>
public static partial class TargetCurves
{
    /// <summary>One curve for each arm that has a T_target and each data set, in the table's order.</summary>
    /// <param name="plan">The table's layout.</param>
    /// <param name="runs">Accepted results.</param>
    public static TargetCurve[] Of(SweepPlan plan, RunTable runs)
    {
        var arms = plan.Rows.Where(row => row.Adaptive || row.TTarget is not null).GroupBy(row => Label(row.Label));
        return [.. arms.SelectMany(arm => plan.Datasets.Select(dataset => Curve(arm.Key, dataset, [.. arm], plan, runs)))];
    }

    /// <summary>A row's name without what it says of T_target.</summary>
    internal static string Label(string row) =>
        Brackets().Replace(Target().Replace(row, ""), "").Replace("(, ", "(", StringComparison.Ordinal);

    private static TargetCurve Curve(string label, string dataset, PlannedRow[] rows, SweepPlan plan, RunTable runs)
    {
        var cells = rows.Select(row => (Row: row, Cell: row.Cells.First(cell => cell.Dataset == dataset))).ToArray();
        var adaptive = cells.Where(cell => cell.Row.Adaptive).Select(cell => cell.Cell).FirstOrDefault();
        return new TargetCurve
        {
            Label = label,
            Dataset = dataset,
            Points = [.. cells.SelectMany(cell => cell.Cell.Candidates).DistinctBy(candidate => candidate.TTarget)
                .OrderBy(candidate => candidate.TTarget).Select(candidate => Point(candidate, plan, runs))],
            Chosen = adaptive is null ? null : ResultTable.Choose(adaptive, runs, plan.Seeds.Length).Cell.TTarget,
        };
    }

    private static TargetPoint Point(PlannedCandidate candidate, SweepPlan plan, RunTable table)
    {
        var runs = table.Runs(candidate.Group, plan.Seeds.Length);
        return new TargetPoint(candidate.TTarget!.Value, runs.Length == plan.Seeds.Length, Statistics.OfTest(runs),
            Statistics.OfValidation(runs));
    }

    [GeneratedRegex(@"(, )?\b(T=\d+|adaptive T)(?=[,)])")]
    private static partial Regex Target();

    [GeneratedRegex(@" \(\)")]
    private static partial Regex Brackets();
}
