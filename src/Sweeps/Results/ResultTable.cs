using System.Globalization;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Results;

/// <summary>Aggregates runs into cells and cells into rows, and chooses the settings of adaptive arms (ADAPT, appendix A.9).</summary>
public static class ResultTable
{
    /// <summary>Builds the rows from the results so far.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The accepted results.</param>
    /// <param name="anomalies">The anomalies in the results.</param>
    public static ResultRow[] Rows(SweepPlan plan, RunTable runs, ResultAnomalies anomalies) =>
        [.. plan.Rows.Select(row => Row(row, runs, plan, anomalies))];

    /// <summary>Returns the jobs of each complete cell.</summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The accepted results.</param>
    public static CellJobs[] Cells(SweepPlan plan, RunTable runs) => [.. plan.Rows.SelectMany(row => row.Cells
        .Select(cell => (Planned: cell, Choice: Choose(cell, runs, plan.Seeds.Length)))
        .Where(cell => cell.Choice is { Cell.Complete: true, Group: not null })
        .Select(cell =>
        {
            var positions = plan.Seeds.Select((_, seed) => plan.At(cell.Choice.Group!.Value, seed)).ToArray();
            return new CellJobs
            {
                Row = row.Label,
                Dataset = cell.Planned.Dataset,
                Jobs = Array.ConvertAll(positions, position => JobIdentity.Of(plan, position)),
                ValidationCorrect = Array.ConvertAll(positions, position => runs.At(position)!.Value.ValidationCorrect),
            };
        }))];

    private static ResultRow Row(PlannedRow row, RunTable table, SweepPlan plan, ResultAnomalies anomalies)
    {
        var cells = row.Cells.Select(cell => (Planned: cell, Choice: Choose(cell, table, plan.Seeds.Length))).ToArray();
        var chosen = cells.SelectMany(cell => cell.Choice.Runs).ToArray();
        var parameters = chosen.Length > 0 ? chosen.Average(run => (double)run.TrainableParameters) : (double?)null;
        var complete = cells.All(cell => cell.Choice.Cell.Complete);
        return new ResultRow
        {
            Label = row.Label,
            Axes = AxesOf(row),
            Method = row.Method,
            Scorer = row.Scorer,
            TTarget = row.TTarget,
            Adaptive = row.Adaptive,
            TrainableParameters = parameters,
            TrainablePercent = (row.BackboneParameters ?? plan.BackboneParameters) is > 0 and var all ? 100 * parameters / all : null,
            Gflops = chosen.Length > 0 ? chosen.Average(run => run.MultiplyAdds / 1e9) : null,
            HookGflops = chosen.Length > 0 && chosen.All(run => run.HookMultiplyAdds > 0)
                ? chosen.Average(run => run.HookMultiplyAdds / 1e9) : null,
            Cells = cells.ToDictionary(cell => cell.Planned.Dataset, cell => cell.Choice.Cell with
            {
                Flags = anomalies.Of(cell.Planned, cell.Choice.Group),
            }),
            Average = complete ? cells.Average(cell => cell.Choice.Cell.Test.Mean!.Value) : null,
        };
    }

    /// <summary>
    /// Returns the candidate with the best mean validation accuracy; on a tie, the first one, which for Adapt has the smallest T_target.
    /// Test accuracy is never used, and nothing is chosen until all runs of all candidates have results.
    /// </summary>
    internal static (ResultCell Cell, RunDigits[] Runs, int? Group) Choose(PlannedCell cell, RunTable table, int seeds)
    {
        var candidates = cell.Candidates.Select(candidate => (Candidate: candidate, Runs: table.Runs(candidate.Group, seeds))).ToArray();
        var complete = candidates.All(candidate => candidate.Runs.Length == seeds);
        if (!complete && candidates.Length > 1)
            return (new ResultCell { Complete = false, Test = Statistics.Of([]), Validation = Statistics.Of([]) }, [], null);
        // The sums are integers, so ties are exact; on a tie, MaxBy returns the first candidate.
        var (best, runs) = candidates.MaxBy(candidate => candidate.Runs.Sum(run => (long)run.ValidationCorrect));
        return (new ResultCell
        {
            TTarget = best.TTarget,
            Chosen = candidates.Length > 1 ? ValuesOf(best) : AxisValues.None,
            Complete = complete,
            Test = Statistics.OfTest(runs),
            Validation = Statistics.OfValidation(runs),
        }, runs, best.Group);
    }

    /// <summary>
    /// Returns a row's position in the grid: Adapt's scorer and T_target, where the row has a single value, followed by the other axes.
    /// </summary>
    internal static AxisValues AxesOf(PlannedRow row) =>
        (row.Scorer is { } scorer ? new AxisValues((AxisValues.Scorer, $"\"{scorer.Name}\"")) : AxisValues.None)
            .With(TargetOf(row.TTarget)).With(row.Axes ?? AxisValues.None);

    /// <summary>Returns the values that distinguish a candidate from the other candidates of its cell.</summary>
    internal static AxisValues ValuesOf(PlannedCandidate candidate) =>
        TargetOf(candidate.TTarget).With(candidate.Values ?? AxisValues.None);

    private static AxisValues TargetOf(int? target) => target is { } value
        ? new AxisValues((AxisValues.TTarget, value.ToString(CultureInfo.InvariantCulture))) : AxisValues.None;
}
