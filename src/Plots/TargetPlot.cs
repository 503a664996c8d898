using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots accuracy over T_target or another setting, with one panel per data set. Error bars show one standard deviation in each direction,
/// and a ring marks the value that the adaptive arm chose.
/// </summary>
public static class TargetPlot
{
    private const double PanelWidth = 380, PanelHeight = 300, LegendRow = 26;

    /// <summary>Draws the figure.</summary>
    /// <param name="curves">The curves of one sweep.</param>
    /// <param name="dataset">The only data set to draw; null for all.</param>
    /// <param name="axis">The setting on the x axis.</param>
    /// <exception cref="InvalidInputException">There is no such data set or setting.</exception>
    /// <exception cref="AdaptClusterException">There is no result to draw yet.</exception>
    public static Figure Draw(TargetCurve[] curves, string? dataset, string axis = AxisValues.TTarget)
    {
        var all = curves;
        curves = Array.FindAll(all, curve => curve.Axis == axis);
        if (curves.Length == 0 && axis == AxisValues.TTarget)
            throw new InvalidInputException("plot: no arm of this sweep has a T_target; --kind table or average draw what it has.");
        if (curves.Length == 0)
        {
            var axes = all.Select(curve => curve.Axis).Distinct().ToArray();
            var what = axes.Length == 0 ? "no setting; --kind table or average draw what it has"
                : $"{string.Join(", ", axes)}; write one of them";
            throw new InvalidInputException($"--axis {axis}: the sweep trains several numbers of {what}.");
        }
        string[] datasets = [.. curves.Select(curve => curve.Dataset).Distinct()];
        if (dataset is not null)
        {
            if (!datasets.Contains(dataset))
                throw new InvalidInputException($"--dataset {dataset}: the sweep has {string.Join(", ", datasets)}; write one of them.");
            datasets = [dataset];
        }
        if (!curves.Any(curve => datasets.Contains(curve.Dataset) && curve.Points.Any(point => point.Test.Mean is not null)))
            throw new AdaptClusterException(
                $"plot: no job with {(axis == AxisValues.TTarget ? "a T_target" : $"several values of {axis}")} has a result yet; "
                + "'sweep status' shows how far it is.");
        // A data set without results has no axes to draw.
        datasets = [.. datasets.Where(name =>
            curves.Any(curve => curve.Dataset == name && curve.Points.Any(point => point.Test.Mean is not null)))];
        string[] labels = [.. curves.Select(curve => curve.Label).Distinct()];
        var columns = datasets.Length is 4 ? 2 : Math.Min(3, datasets.Length);
        var rows = (datasets.Length + columns - 1) / columns;
        var legendHeight = (labels.Length * LegendRow) + 12;
        var figure = new Figure(Math.Max(columns * PanelWidth, labels.Max(label => Style.Width(label, Style.TickSize)) + 460),
            (rows * PanelHeight) + legendHeight);
        for (var i = 0; i < datasets.Length; i++)
            figure.Add(Panel(datasets[i], [.. curves.Where(curve => curve.Dataset == datasets[i])], labels),
                i % columns * figure.Width / columns, i / columns * PanelHeight, figure.Width / columns, PanelHeight);
        figure.Add(Legend(labels, curves.Any(curve => curve.ChosenAt is not null), figure.Width), 0, rows * PanelHeight,
            figure.Width, legendHeight);
        return figure;
    }

    private static Plot Panel(string dataset, TargetCurve[] curves, string[] labels)
    {
        var plot = Style.Panel(dataset);
        double[] values = [.. curves.SelectMany(curve => curve.Points.Select(point => point.At)).Distinct().Order()];
        var scale = new Scale(values);
        foreach (var curve in curves)
        {
            var colour = Style.Series[Array.IndexOf(labels, curve.Label) % Style.Series.Length];
            // Validation and test are drawn side by side, because their error bars would overlap otherwise.
            Line(plot, curve, point => point.Validation, colour, scale, validation: true);
            Line(plot, curve, point => point.Test, colour, scale, validation: false);
            if (curve.Points.FirstOrDefault(point => point.At == curve.ChosenAt) is not { Test.Mean: { } mean } chosen) continue;
            var ring = plot.Add.Marker(scale.Of(chosen.At) - scale.Shift, mean, MarkerShape.OpenCircle, 20);
            (ring.MarkerStyle.LineColor, ring.MarkerStyle.LineWidth) = (Style.Ink, 2);
        }
        plot.Axes.Bottom.SetTicks([.. values.Select(scale.Of)],
            [.. values.Select(value => value.ToString("G4", CultureInfo.InvariantCulture))]);
        plot.XLabel(curves[0].Title + (curves[0].Axis == AxisValues.TTarget ? " (context tokens left)" : ""));
        plot.YLabel("accuracy (%)");
        plot.Axes.AutoScale();
        var limits = plot.Axes.GetLimits();
        var room = Math.Max(1, (limits.Top - limits.Bottom) * 0.05);
        plot.Axes.SetLimits(scale.Of(values[0]) - scale.Margin, scale.Of(values[^1]) + scale.Margin,
            limits.Bottom - room, limits.Top + room);
        return plot;
    }

    private static void Line(Plot plot, TargetCurve curve, Func<TargetPoint, Accuracy> of, Color colour, Scale scale, bool validation)
    {
        var shift = validation ? scale.Shift : -scale.Shift;
        var points = curve.Points.Where(point => of(point).Mean is not null).ToArray();
        if (points.Length == 0) return;
        double[] x = [.. points.Select(point => scale.Of(point.At) + shift)], y = [.. points.Select(point => of(point).Mean!.Value)];
        var line = plot.Add.Scatter(x, y);
        Dress(line, colour, validation);
        // A single run has no standard deviation, which is not the same as 0.
        int[] known = [.. Enumerable.Range(0, points.Length).Where(i => of(points[i]).Std is not null)];
        if (known.Length == 0) return;
        var error = plot.Add.ErrorBar([.. known.Select(i => x[i])], [.. known.Select(i => y[i])],
            [.. known.Select(i => of(points[i]).Std!.Value)]);
        (error.Color, error.LineWidth, error.CapSize) = (colour.WithAlpha(0.75), 1.3f, 4);
    }

    /// <summary>The legend: one line per arm with its test and validation curves, followed by the meaning of the ring.</summary>
    private static Plot Legend(string[] labels, bool chosen, double width)
    {
        var plot = Style.Panel();
        plot.HideAxesAndGrid();
        var height = (labels.Length * LegendRow) + 12;
        plot.Axes.SetLimits(0, width, 0, height);
        plot.Layout.Fixed(new PixelPadding(0));
        var x = labels.Max(label => Style.Width(label, Style.TickSize)) + 36;
        for (var i = 0; i < labels.Length; i++)
        {
            var y = height - 8 - (LegendRow * (i + 0.5));
            Style.Text(plot, labels[i], 20, y, Style.TickSize, Style.Ink, alignment: Alignment.MiddleLeft);
            Key(plot, "test", x, y, Style.Series[i % Style.Series.Length], validation: false);
            Key(plot, "validation", x + 100, y, Style.Series[i % Style.Series.Length], validation: true);
        }
        if (!chosen) return plot;
        var ring = plot.Add.Marker(x + 260, height - 8 - (LegendRow / 2), MarkerShape.OpenCircle, 18);
        (ring.MarkerStyle.LineColor, ring.MarkerStyle.LineWidth) = (Style.Ink, 2);
        Style.Text(plot, "chosen by validation", x + 276, height - 8 - (LegendRow / 2), Style.TickSize, Style.Ink,
            alignment: Alignment.MiddleLeft);
        return plot;
    }

    private static void Key(Plot plot, string text, double x, double y, Color colour, bool validation)
    {
        var line = plot.Add.Scatter((double[])[x, x + 18, x + 36], (double[])[y, y, y]);
        Dress(line, colour, validation);
        Style.Text(plot, text, x + 44, y, Style.TickSize, Style.Ink, alignment: Alignment.MiddleLeft);
    }

    private static void Dress(ScottPlot.Plottables.Scatter line, Color colour, bool validation)
    {
        // Validation is thin and hollow, not dashed: Skia writes no dashes into SVG.
        (line.Color, line.LineWidth, line.MarkerSize) = (colour, validation ? 1 : 2.4f, 8);
        line.MarkerShape = validation ? MarkerShape.FilledSquare : MarkerShape.FilledCircle;
        if (validation)
            (line.MarkerStyle.OutlineWidth, line.MarkerStyle.OutlineColor, line.MarkerStyle.FillColor) = (1.5f, colour, Colors.White);
    }

    /// <summary>The x positions of values: logarithmic if all are positive and the largest is at least twice the smallest.</summary>
    private readonly struct Scale(double[] values)
    {
        private readonly bool _logarithmic = values[0] > 0 && values[^1] >= 2 * values[0] || values is [> 0];
        private readonly double _width = values[^1] - values[0];

        public double Of(double value) => _logarithmic ? Math.Log2(value) : value;

        /// <summary>The horizontal offset of test and validation to either side of their value.</summary>
        public double Shift => _logarithmic ? 0.035 : 0.01 * Width;

        public double Margin => _logarithmic ? 0.35 : 0.1 * Width;

        private double Width => _width > 0 ? _width : 1;
    }
}
