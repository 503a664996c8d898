using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Results;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots accuracy on new classes against accuracy on base classes. Each arm is a point. Each line connects points with the same harmonic
/// mean H of the two accuracies.
/// </summary>
public static class BaseNewPlot
{
    private const double Side = 580;

    private const int Pieces = 60;

    /// <summary>Draws the figure.</summary>
    /// <param name="results">The result table with its sections.</param>
    /// <param name="dataset">The data set; null for the averages over all data sets.</param>
    /// <exception cref="InvalidInputException">The sweep has no tables of base and new classes, or does not use the data set.</exception>
    /// <exception cref="AdaptClusterException">No arm has both accuracies yet.</exception>
    public static Figure Draw(SweepResults results, string? dataset)
    {
        var (seen, unseen) = (Section("Base"), Section("New"));
        if (seen is null || unseen is null)
            throw new InvalidInputException("--kind base-new: the sweep has no Base and New tables; write \"classes\": \"base\" in its "
                + "data sets and \"evaluate\": [\"base\", \"new\"] in its spec.");
        var column = dataset is null ? -1 : Array.IndexOf(seen.Columns, dataset);
        if (dataset is not null && column < 0)
            throw new InvalidInputException($"--dataset {dataset}: the sweep has {string.Join(", ", seen.Columns)}; write one of them.");
        Arm[] arms = [.. seen.Rows.Zip(unseen.Rows).Select(rows => Of(rows.First, rows.Second, column)).OfType<Arm>()];
        if (arms.Length == 0)
            throw new AdaptClusterException($"plot: no arm of {results.Sweep} has complete results on base and new classes yet; 'sweep "
                + $"status {results.Sweep}' shows the progress.");
        LegendEntry[] entries = [.. arms.Select((arm, series) => LegendEntry.Point(
            string.Create(CultureInfo.InvariantCulture, $"{arm.Label}, H = {ResultSections.HarmonicMean(arm.Base, arm.New):F2}"), series))];
        var grid = new PanelGrid(1, Side, Side - 90, entries);
        grid.Add(0, Panel(arms, dataset ?? (seen.Columns.Length == 1 ? seen.Columns[0] : $"average of {seen.Columns.Length} data sets")));
        return grid.Finish();

        ResultSection? Section(string title) => results.Sections?.FirstOrDefault(section => section.Title == title);
    }

    private static Arm? Of(SectionRow seen, SectionRow unseen, int column)
    {
        if (column < 0) return seen.Average is { } b && unseen.Average is { } n ? new Arm(seen.Label, b, n, null, null) : null;
        return seen.Cells[column] is { Complete: true, Value: { } known } first
            && unseen.Cells[column] is { Complete: true, Value: { } other } second
            ? new Arm(seen.Label, known, other, first.Accuracy?.Std, second.Accuracy?.Std) : null;
    }

    private static Plot Panel(Arm[] arms, string title)
    {
        var plot = Style.Panel(title);
        plot.HideGrid();
        var (left, right) = Range([.. arms.SelectMany(arm => (double[])[arm.Base - (arm.BaseStd ?? 0), arm.Base + (arm.BaseStd ?? 0)])]);
        var (bottom, top) = Range([.. arms.SelectMany(arm => (double[])[arm.New - (arm.NewStd ?? 0), arm.New + (arm.NewStd ?? 0)])]);
        Lines(plot, left, right, bottom, top);
        for (var i = 0; i < arms.Length; i++)
        {
            if (arms[i] is { BaseStd: { } across, NewStd: { } along })
            {
                var bars = new ScottPlot.Plottables.ErrorBar([arms[i].Base], [arms[i].New], [across], [across], [along], [along]);
                (bars.Color, bars.LineWidth, bars.CapSize) = (Style.Series[i % Style.Series.Length].WithAlpha(0.75), 1.3f, 3);
                plot.Add.Plottable(bars);
            }
            var point = plot.Add.Scatter(arms[i].Base, arms[i].New);
            Style.Dress(point, i, hollow: false);
            point.MarkerSize = 12;
        }
        plot.XLabel("accuracy on base classes (%)");
        plot.YLabel("accuracy on new classes (%)");
        plot.Axes.SetLimits(left, right, bottom, top);
        return plot;
    }

    /// <summary>
    /// Adds the lines of equal H that cross the panel. Each is labelled where it leaves the panel, on the right or at the bottom.
    /// </summary>
    private static void Lines(Plot plot, double left, double right, double bottom, double top)
    {
        var (least, most) = (ResultSections.HarmonicMean(left, bottom), ResultSections.HarmonicMean(right, top));
        foreach (var h in ColourBar.Ticks(least, most))
        {
            // y = Hx / (2x - H) falls with x. It enters the panel at the top or on the left and leaves it on the right or at the bottom.
            double Other(double value) => 2 * value > h ? h * value / ((2 * value) - h) : double.PositiveInfinity;
            var (from, to) = (Math.Max(left, Other(top)), Math.Min(right, Other(bottom)));
            if (from >= to) continue;
            double[] x = [.. Enumerable.Range(0, Pieces + 1).Select(i => from + ((to - from) * i / Pieces))];
            var line = plot.Add.ScatterLine(x, [.. x.Select(Other)]);
            (line.Color, line.LineWidth) = (Style.Faint, 1.2f);
            var text = $"H = {h.ToString("0.##", CultureInfo.InvariantCulture)}";
            var (atRight, end) = (to >= right, Other(to));
            // A label that would be cut off in the corner is omitted.
            if (atRight && (end - bottom < (top - bottom) * 0.03 || top - end < (top - bottom) * 0.03)) continue;
            if (!atRight && Math.Min(right - to, to - left) < (right - left) * 0.06) continue;
            Style.Text(plot, text, to, end, Style.TickSize - 2, Color.FromHex("#6B6B6B"),
                alignment: atRight ? Alignment.MiddleRight : Alignment.LowerCenter, background: Colors.White);
        }
    }

    /// <summary>Returns the ends of an axis, with a margin around the values.</summary>
    private static (double From, double To) Range(double[] values)
    {
        var (least, most) = (values.Min(), values.Max());
        var room = Math.Max(1, (most - least) * 0.15);
        return (Math.Max(0, least - room), Math.Min(100 + (room / 4), most + room));
    }

    /// <summary>The point of one arm. Its standard deviations over the seeds are null for an average over data sets.</summary>
    private sealed record Arm(string Label, double Base, double New, double? BaseStd, double? NewStd);
}
