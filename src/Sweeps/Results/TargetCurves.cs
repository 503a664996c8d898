using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Results;

/// <summary>
/// Groups candidates that differ in only one setting into curves. The setting is T_target, or another numeric setting with several values
/// in the sweep. The grouping follows the plan's structure; labels are only for display.
/// </summary>
public static class TargetCurves
{
    private const string UsualScorer = "\"snip\"";

    /// <summary>
    /// Returns one curve for each setting, each combination of the other settings, and each data set, in the table's order.
    /// </summary>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="runs">The accepted results.</param>
    public static TargetCurve[] Of(SweepPlan plan, RunTable runs)
    {
        var points = plan.Rows.SelectMany(row =>
        {
            var family = Family(row, plan);
            return row.Cells.SelectMany(cell => cell.Candidates.Select(candidate =>
                new CurveCandidate(row, cell, candidate, family, Values(row, candidate))));
        }).ToArray();
        var axes = points.SelectMany(point => point.Values.All.Select(pair => pair.Name)).Distinct()
            .OrderBy(name => name != AxisValues.TTarget).ToArray();
        return [.. axes.SelectMany(axis => Over(axis, points, plan, runs))];
    }

    private static IEnumerable<TargetCurve> Over(string axis, CurveCandidate[] points, SweepPlan plan, RunTable runs)
    {
        var lines = points.Where(point => point.Values.Number(axis) is not null)
            .GroupBy(point => (point.Family, Others: point.Values.Without(axis)))
            .Where(line => axis == AxisValues.TTarget || line.DistinctBy(point => point.Values.Number(axis)).Skip(1).Any()).ToArray();
        var scored = lines.Select(line => line.First()).Where(point => point.Values[AxisValues.Scorer] is not (null or UsualScorer))
            .Select(point => NameOf(point.Row)).ToHashSet();
        var labels = Array.ConvertAll(lines, line => Label(line.First(), axis, scored));
        var times = labels.CountBy(label => label).ToDictionary();
        return lines.Zip(labels).SelectMany(line =>
        {
            // Arms with the same name but different settings are distinguished by their rows' labels, which are unique.
            var label = times[line.Second] > 1 ? line.First.First().Row.Label : line.Second;
            return plan.Datasets.Select(dataset =>
                Curve(axis, label, dataset, [.. line.First.Where(point => point.Cell.Dataset == dataset)], plan, runs));
        });
    }

    private static TargetCurve Curve(string axis, string label, string dataset, CurveCandidate[] points, SweepPlan plan, RunTable runs)
    {
        var chosen = points.Where(point => point.Cell.Candidates.Length > 1 || point.Row.Adaptive).Select(point => point.Cell).Distinct()
            .Select(cell => ResultTable.Choose(cell, runs, plan.Seeds.Length).Group)
            .Select(group => points.FirstOrDefault(point => point.Candidate.Group == group)?.Values.Number(axis))
            .FirstOrDefault(value => value is not null);
        return new TargetCurve
        {
            Label = label,
            Dataset = dataset,
            Axis = axis,
            Points = [.. points.DistinctBy(point => point.Values.Number(axis)).OrderBy(point => point.Values.Number(axis))
                .Select(point => Point(axis, point, plan, runs))],
            Chosen = axis == AxisValues.TTarget ? (int?)chosen : null,
            ChosenValue = chosen,
        };
    }

    private static TargetPoint Point(string axis, CurveCandidate point, SweepPlan plan, RunTable table)
    {
        var runs = table.Runs(point.Candidate.Group, plan.Seeds.Length);
        var value = point.Values.Number(axis)!.Value;
        return new TargetPoint(axis == AxisValues.TTarget ? (int)value : 0, runs.Length == plan.Seeds.Length, Statistics.OfTest(runs),
            Statistics.OfValidation(runs), value);
    }

    /// <summary>
    /// Returns the arm's name with its values on the other axes. The default scorer is included only if the arm also uses other scorers.
    /// </summary>
    private static string Label(CurveCandidate point, string axis, HashSet<string> scored)
    {
        var name = NameOf(point.Row);
        var details = point.Values.Without(axis, AxisValues.TTarget).All
            .Where(pair => pair.Name != AxisValues.Scorer || pair.Json != UsualScorer || scored.Contains(name))
            .Select(pair => (pair.Name == AxisValues.Scorer ? "" : $"{pair.Name}=") + AxisValues.Plain(pair.Json)).ToList();
        if (axis != AxisValues.TTarget && point.Values[AxisValues.TTarget] is { } target) details.Add($"T={target}");
        return details.Count > 0 ? $"{name} ({string.Join(", ", details)})" : name;
    }

    private static string NameOf(PlannedRow row) => row.Name ?? row.Label;

    /// <summary>
    /// Returns all values in a fixed order, so that arms compare equal even if their specs list the settings in different orders.
    /// </summary>
    private static AxisValues Values(PlannedRow row, PlannedCandidate candidate) =>
        new(ResultTable.AxesOf(row).Without(AxisValues.TTarget).With(ResultTable.ValuesOf(candidate)).All
            .OrderBy(pair => pair.Name != AxisValues.Scorer).ThenBy(pair => pair.Name, StringComparer.Ordinal));

    /// <summary>
    /// Returns the key that all points on a curve share. Plans of version 0.1.0 have no family, so the key is built from the job
    /// definition.
    /// </summary>
    private static string Family(PlannedRow row, SweepPlan plan)
    {
        if (row.Family is { } family) return family;
        var job = plan.Groups[row.Cells[0].Candidates[0].Group].Definition;
        var train = job.Train is { } settings ? settings with { Adapt = settings.Adapt with { PrunePeriod = 0 } } : null;
        return System.Text.Json.JsonSerializer.Serialize(job with { TTarget = null, Scorer = null, Train = train },
            AdaptClusterJson.Compact);
    }

    private sealed record CurveCandidate(PlannedRow Row, PlannedCell Cell, PlannedCandidate Candidate, string Family, AxisValues Values);
}
