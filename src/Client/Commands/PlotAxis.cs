using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Client.Commands;

/// <summary>The setting on the x-axis of <c>sweep plot --kind axis</c>.</summary>
internal static class PlotAxis
{
    /// <summary>Returns the only setting with several values.</summary>
    /// <exception cref="InvalidInputException">No setting, or more than one setting, has several values.</exception>
    public static string Only(TargetCurve[] curves) => Swept(curves) switch
    {
        [var axis] => axis,
        [] => throw new InvalidInputException(
            "--kind axis: no setting of the sweep has several numeric values; use --kind table or average."),
        var axes => throw new InvalidInputException($"--kind axis: use --axis with one of {string.Join(", ", axes)}."),
    };

    /// <summary>Returns the error for a setting that has no curve; the message gives the reason.</summary>
    public static async Task<InvalidInputException> RefusedAsync(PlotData data, TargetCurve[] curves, string axis)
    {
        var axes = Swept(curves);
        var instead = axes.Length == 0 ? "no other setting has several numeric values." : $"write one of {string.Join(", ", axes)}.";
        var settings = (await data.Reads.RunsAsync(data.Sweep, new JobPosition(0))).Runs
            .SelectMany(run => RunParameters.Of(run.Definition))
            .Where(setting => !setting.Name.StartsWith("dataset.", StringComparison.Ordinal))
            .Select(setting => (Name: RunParameters.ShortName(setting.Name), setting.Text)).Distinct().ToArray();
        return new InvalidInputException(settings.Count(setting => setting.Name == axis) switch
        {
            0 => $"--axis {axis}: no job has this setting{Near()}; {instead}",
            1 => AxisPlot.OneValue(axis),
            _ when settings.Any(setting => setting.Name == axis && !double.TryParse(setting.Text, CultureInfo.InvariantCulture, out _))
                => $"--axis {axis}: its values are not numbers; {instead}",
            _ => $"--axis {axis}: each arm has only one value, and a line needs two; {instead}",
        });

        string Near() => EditDistance.Nearest(axis, [.. settings.Select(setting => setting.Name).Distinct()], least: 1) is { } near
            ? $" (did you mean '{near}'?)" : "";
    }

    /// <summary>Returns the accuracies of zero-shot CLIP, the reference levels for few-shot curves.</summary>
    public static AxisPlot.Level[] Levels(SweepResults results) =>
    [
        .. from row in results.Rows
           where row.Method == MethodNames.ZeroShot && row.Axes.Number(AxisValues.Shots) is null
           from cell in row.Cells
           where cell.Value.Test.Mean is not null
           select new AxisPlot.Level(row.Label, cell.Key, cell.Value.Test.Mean!.Value),
    ];

    private static string[] Swept(TargetCurve[] curves) =>
        [.. curves.Where(curve => curve.Points.Length > 1).Select(curve => curve.Axis).Distinct()];
}
