using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>A chart of accuracy over a setting on one data set, with a line for each arm.</summary>
/// <param name="Axis">The setting.</param>
/// <param name="Title">The setting's name as an axis title.</param>
/// <param name="Dataset">The data set.</param>
/// <param name="Curves">The arms' curves, each with at least two points that have data.</param>
public sealed record TargetPanel(string Axis, string Title, string Dataset, IReadOnlyList<TargetCurve> Curves)
{
    /// <summary>The maximum number of lines that can be told apart. The table below a chart contains all curves.</summary>
    public const int MostLines = 6;

    /// <summary>
    /// Returns the charts to show. A curve with a single point is left out, so a sweep that has just started has no charts.
    /// </summary>
    /// <param name="curves">The sweep's curves.</param>
    public static TargetPanel[] Of(IEnumerable<TargetCurve> curves) =>
    [
        .. curves.Where(curve => curve.Points.Count(point => point.Validation.Mean is not null || point.Test.Mean is not null) > 1)
            .GroupBy(curve => (curve.Axis, curve.Title, curve.Dataset))
            .Select(group => new TargetPanel(group.Key.Axis, group.Key.Title, group.Key.Dataset, [.. group])),
    ];
}
