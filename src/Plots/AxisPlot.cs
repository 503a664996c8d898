using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots accuracy against T_target or another setting, with one panel per data set and one line per arm. Error bars (bands, if the setting
/// is the number of shots) show one standard deviation over the seeds in each direction. A ring marks the value that an adaptive arm
/// selected.
/// </summary>
public static class AxisPlot
{
    private const double PanelWidth = 380, PanelHeight = 300;

    /// <summary>Draws the figure.</summary>
    /// <param name="curves">One sweep's curves.</param>
    /// <param name="axis">The setting on the x-axis.</param>
    /// <param name="dataset">The only data set to plot; null for all data sets.</param>
    /// <param name="split">The accuracies to plot.</param>
    /// <param name="levels">Test accuracies that do not depend on the setting, which are drawn as horizontal lines.</param>
    /// <exception cref="InvalidInputException">The data set or the setting does not exist, or the setting has only one value.</exception>
    /// <exception cref="AdaptClusterException">There is no result to plot yet.</exception>
    public static Figure Draw(TargetCurve[] curves, string axis, string? dataset, AccuracySplit split, Level[]? levels = null)
    {
        curves = Checked(Array.FindAll(curves, curve => curve.Axis == axis), axis, dataset);
        string[] datasets = [.. curves.Select(curve => curve.Dataset).Distinct()];
        string[] labels = [.. curves.Select(curve => curve.Label).Distinct()];
        levels = split == AccuracySplit.Validation ? [] : Array.FindAll(levels ?? [], level => datasets.Contains(level.Dataset));
        var entries = Entries(labels, curves, split, levels);
        // A single panel is drawn larger, so that its legend needs fewer rows.
        var grid = datasets.Length == 1 ? new PanelGrid(1, 1.5 * PanelWidth, 1.2 * PanelHeight, entries)
            : new PanelGrid(datasets.Length, PanelWidth, PanelHeight, entries);
        for (var i = 0; i < datasets.Length; i++)
        {
            TargetCurve[] here = [.. curves.Where(curve => curve.Dataset == datasets[i])];
            grid.Add(i, Panel(datasets[i], here, labels, split, grid.PanelWidth, levels));
        }
        return grid.Finish();
    }

    private static TargetCurve[] Checked(TargetCurve[] curves, string axis, string? dataset)
    {
        var title = axis == AxisValues.TTarget ? "T_target" : axis;
        if (curves.Length == 0 && axis == AxisValues.TTarget)
            throw new InvalidInputException("plot: no arm of this sweep has a T_target; use --kind table or average.");
        if (dataset is not null)
        {
            var datasets = curves.Select(curve => curve.Dataset).Distinct();
            curves = Array.FindAll(curves, curve => curve.Dataset == dataset);
            if (curves.Length == 0)
                throw new InvalidInputException($"--dataset {dataset}: the sweep has {string.Join(", ", datasets)}; write one of them.");
        }
        if (curves.All(curve => curve.Points.Length < 2)) throw new InvalidInputException(OneValue(title));
        // A data set without results has no axes to draw.
        curves = Array.FindAll(curves, curve => curve.Points.Any(point => point.Test.Mean is not null));
        return curves.Length > 0 ? curves
            : throw new AdaptClusterException($"plot: no arm with several values of {title} has a result yet; 'sweep status' shows the "
                + "progress.");
    }

    /// <summary>Returns the error message for a setting with a single value.</summary>
    /// <param name="axis">The setting.</param>
    public static string OneValue(string axis) => $"plot: the sweep has only one value of {axis}, but a line needs two.";

    private static LegendEntry[] Entries(string[] labels, TargetCurve[] curves, AccuracySplit split, Level[] levels)
    {
        var hollow = split == AccuracySplit.Validation;
        // With a single line, "test" in the ink of all lines would look like a second one.
        var paired = split == AccuracySplit.Both && labels.Length == 1;
        List<LegendEntry> entries = paired
            ? [LegendEntry.Line($"{labels[0]}, test", 0), LegendEntry.Line($"{labels[0]}, validation", 0, hollow: true)]
            : [.. labels.Select((label, series) => LegendEntry.Line(label, series, hollow))];
        entries.AddRange(levels.Select(level => level.Label).Distinct()
            .Select((label, index) => LegendEntry.Plain(label, Style.Levels[index % Style.Levels.Length], 2)));
        if (split == AccuracySplit.Both && !paired)
            entries.AddRange([LegendEntry.Line("test", Style.InkSeries), LegendEntry.Line("validation", Style.InkSeries, hollow: true)]);
        if (curves.Any(curve => curve.ChosenAt is not null)) entries.Add(LegendEntry.Ring("chosen by validation"));
        return [.. entries];
    }

    private static Plot Panel(string dataset, TargetCurve[] curves, string[] labels, AccuracySplit split, double width, Level[] levels)
    {
        var plot = Style.Panel(dataset);
        var bands = curves[0].Axis == AxisValues.Shots;
        AccuracySplit[] splits = split == AccuracySplit.Both ? [AccuracySplit.Test, AccuracySplit.Validation] : [split];
        var scale = new ValueScale([.. curves.SelectMany(curve => curve.Points.Select(point => point.At)).Distinct().Order()],
            bands ? 1 : curves.Length * splits.Length);
        var names = levels.Select(level => level.Label).Distinct().ToArray();
        foreach (var level in levels.Where(level => level.Dataset == dataset))
        {
            var line = plot.Add.HorizontalLine(level.Mean);
            (line.Color, line.LineWidth) = (Style.Levels[Array.IndexOf(names, level.Label) % Style.Levels.Length], 2);
        }
        for (var i = 0; i < curves.Length; i++)
        {
            var series = Array.IndexOf(labels, curves[i].Label);
            double? Shift(int s) => bands ? null : scale.Shift((i * splits.Length) + s);
            for (var s = 0; s < splits.Length; s++) Line(plot, curves[i], splits[s], series, scale, Shift(s));
            var shown = splits[0] == AccuracySplit.Test;
            if (curves[i].Points.FirstOrDefault(point => point.At == curves[i].ChosenAt) is { } chosen
                && (shown ? chosen.Test : chosen.Validation).Mean is { } mean)
                Style.Ring(plot, scale.Of(chosen.At) + (Shift(0) ?? 0), mean);
        }
        Finish(plot, curves[0], scale, split, width);
        return plot;
    }

    private static void Finish(Plot plot, TargetCurve curve, ValueScale scale, AccuracySplit split, double width)
    {
        var (positions, labels) = scale.Ticks(width - 90);
        plot.Axes.Bottom.SetTicks(positions, labels);
        var title = curve.Axis == AxisValues.TTarget ? curve.Title + " (context tokens left)"
            : curve.Axis == AxisValues.Shots ? "training images per class" : curve.Title;
        plot.Axes.AddPanel(new MathTitle(scale.Logarithmic ? $"{title}, log scale" : title));
        plot.YLabel($"{(split == AccuracySplit.Both ? "" : CellText.Heading(split).Split(' ')[0] + " ")}accuracy (%)");
        plot.Axes.AutoScale();
        var limits = plot.Axes.GetLimits();
        var room = Math.Max(1, (limits.Top - limits.Bottom) * 0.05);
        plot.Axes.SetLimits(scale.Limits.Start, scale.Limits.End, limits.Bottom - room, limits.Top + room);
    }

    /// <summary>Draws a line with a band, or with error bars if the line is shifted.</summary>
    private static void Line(Plot plot, TargetCurve curve, AccuracySplit split, int series, ValueScale scale, double? shift)
    {
        var points = curve.Points.Select(point => (point.At, Accuracy: split == AccuracySplit.Test ? point.Test : point.Validation))
            .Where(point => point.Accuracy.Mean is not null).ToArray();
        if (points.Length == 0) return;
        double[] x = [.. points.Select(point => scale.Of(point.At) + (shift ?? 0))];
        double[] y = [.. points.Select(point => point.Accuracy.Mean!.Value)];
        var colour = Style.Series[series % Style.Series.Length];
        // A single run has no standard deviation, which differs from a standard deviation of 0.
        int[] known = [.. Enumerable.Range(0, points.Length).Where(i => points[i].Accuracy.Std is not null)];
        double Std(int i) => points[i].Accuracy.Std!.Value;
        if (shift is null && known.Length > 1)
            Style.Band(plot, [.. known.Select(i => x[i])], [.. known.Select(i => y[i] - Std(i))],
                [.. known.Select(i => y[i] + Std(i))], series);
        Style.Dress(plot.Add.Scatter(x, y), series, split == AccuracySplit.Validation);
        if (shift is null || known.Length == 0) return;
        var error = plot.Add.ErrorBar([.. known.Select(i => x[i])], [.. known.Select(i => y[i])], [.. known.Select(Std)]);
        (error.Color, error.LineWidth, error.CapSize) = (colour.WithAlpha(0.75), 1.3f, 3);
    }

    /// <summary>A test accuracy that does not depend on the setting on the x-axis, such as the accuracy of zero-shot CLIP.</summary>
    /// <param name="Label">The row's name.</param>
    /// <param name="Dataset">The data set.</param>
    /// <param name="Mean">The mean accuracy in percent.</param>
    public sealed record Level(string Label, string Dataset, double Mean);
}
