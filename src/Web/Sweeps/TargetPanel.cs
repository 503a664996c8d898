using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web.Sweeps;

/// <summary>One chart: accuracy over a setting on a data set, a line for each arm.</summary>
/// <param name="Axis">The setting.</param>
/// <param name="Title">The setting as the title of an axis.</param>
/// <param name="Dataset">The data set.</param>
/// <param name="Curves">The arms' curves; each has two points with data or more.</param>
internal sealed record TargetPanel(string Axis, string Title, string Dataset, IReadOnlyList<TargetCurve> Curves)
{
    /// <summary>Lines that can be told apart; the numbers below a chart have all.</summary>
    public const int MostLines = 6;

    /// <summary>The charts worth a look: one point is no line, so a sweep that has just begun has none.</summary>
    /// <param name="curves">The sweep's curves.</param>
    public static TargetPanel[] Of(IEnumerable<TargetCurve> curves) =>
    [
        .. curves.Where(curve => curve.Points.Count(point => point.Validation.Mean is not null || point.Test.Mean is not null) > 1)
            .GroupBy(curve => (curve.Axis, curve.Title, curve.Dataset))
            .Select(group => new TargetPanel(group.Key.Axis, group.Key.Title, group.Key.Dataset, [.. group])),
    ];
}
