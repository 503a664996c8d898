using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The best arm by validation accuracy.</summary>
/// <param name="Label">The arm's label.</param>
/// <param name="Validation">The arm's mean validation accuracy over the data sets, in percent.</param>
public sealed record BestArm(string Label, double Validation)
{
    /// <summary>
    /// Returns the arm with the highest validation accuracy among the arms whose cells are all complete; on a tie, the first one.
    /// </summary>
    /// <param name="rows">The arms.</param>
    /// <param name="datasets">The data sets.</param>
    /// <returns>The arm; null if no arm is complete.</returns>
    public static BestArm? Of(ResultRow[] rows, string[] datasets) => rows
        .Where(row => datasets.Length > 0 && datasets.All(dataset => row.Cells[dataset] is { Complete: true, Validation.Mean: not null }))
        .Select(row => new BestArm(row.Label, datasets.Average(dataset => row.Cells[dataset].Validation.Mean!.Value)))
        .MaxBy(arm => arm.Validation);
}
