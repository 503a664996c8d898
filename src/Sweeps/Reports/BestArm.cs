using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>The arm that validation puts first.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Validation">Its mean validation accuracy over the data sets, in percent.</param>
public sealed record BestArm(string Label, double Validation)
{
    /// <summary>The arm with the highest validation accuracy of those whose every cell is complete; the first of equal ones.</summary>
    /// <param name="rows">The arms.</param>
    /// <param name="datasets">The data sets.</param>
    /// <returns>Null while no arm is complete.</returns>
    public static BestArm? Of(ResultRow[] rows, string[] datasets) => rows
        .Where(row => datasets.Length > 0 && datasets.All(dataset => row.Cells[dataset] is { Complete: true, Validation.Mean: not null }))
        .Select(row => new BestArm(row.Label, datasets.Average(dataset => row.Cells[dataset].Validation.Mean!.Value)))
        .MaxBy(arm => arm.Validation);
}
