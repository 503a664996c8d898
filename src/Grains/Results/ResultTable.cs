using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Results;

/// <summary>Averages runs into cells and cells into rows, and chooses T_target for adaptive arms (ADAPT, appendix A.9).</summary>
internal static class ResultTable
{
    /// <summary>Builds the rows from the results there are.</summary>
    /// <param name="plan">The table's layout.</param>
    /// <param name="results">Accepted results by job.</param>
    public static ResultRow[] Rows(SweepPlan plan, IReadOnlyDictionary<JobId, JobResult> results) => [.. plan.Rows.Select(row => Row(row, results))];

    private static ResultRow Row(PlannedRow row, IReadOnlyDictionary<JobId, JobResult> results)
    {
        var cells = row.Cells.Select(cell => (cell.Dataset, Choice: Choose(cell, results))).ToArray();
        var chosen = cells.SelectMany(cell => cell.Choice.Runs).ToArray();
        var complete = cells.All(cell => cell.Choice.Cell.Complete);
        return new ResultRow
        {
            Label = row.Label,
            Method = row.Method,
            Scorer = row.Scorer,
            TTarget = row.TTarget,
            Adaptive = row.Adaptive,
            TrainableParameters = chosen.Length > 0 ? chosen.Average(run => (double)run.TrainableParameters) : null,
            Gflops = chosen.Length > 0 ? chosen.Average(run => run.MultiplyAdds / 1e9) : null,
            Cells = cells.ToDictionary(cell => cell.Dataset, cell => cell.Choice.Cell),
            Average = complete ? cells.Average(cell => cell.Choice.Cell.Test.Mean!.Value) : null,
        };
    }

    /// <summary>
    /// The candidate with the best mean validation accuracy; of equal ones the first, which has the smallest T_target. Test accuracy is
    /// never looked at, and no choice is made before every run of every candidate is there.
    /// </summary>
    private static (ResultCell Cell, JobResult[] Runs) Choose(PlannedCell cell, IReadOnlyDictionary<JobId, JobResult> results)
    {
        var complete = cell.Candidates.All(candidate => candidate.Jobs.All(results.ContainsKey));
        if (!complete && cell.Candidates.Length > 1)
            return (new ResultCell { Complete = false, Test = Statistics.Of([]), Validation = Statistics.Of([]) }, []);
        var (target, runs) = cell.Candidates
            .Select(candidate => (candidate.TTarget, Runs: candidate.Jobs.Where(results.ContainsKey).Select(job => results[job]).ToArray()))
            .MaxBy(candidate => candidate.Runs.Length > 0 ? candidate.Runs.Average(ValidationAccuracy) : double.NegativeInfinity);
        return (new ResultCell
        {
            TTarget = target,
            Complete = complete,
            Test = Statistics.Of([.. runs.Select(run => Percent(run.TestCorrect, run.TestTotal))]),
            Validation = Statistics.Of([.. runs.Select(ValidationAccuracy)]),
        }, runs);
    }

    private static double ValidationAccuracy(JobResult run) => Percent(run.ValidationCorrect, run.ValidationTotal);

    private static double Percent(int correct, int total) => total == 0 ? 0 : 100.0 * correct / total;
}
