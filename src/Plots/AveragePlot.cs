using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>Plots the average accuracy over the data sets as a bar chart, with one bar per row of the table.</summary>
public static class AveragePlot
{
    private const double RowHeight = 34, BarArea = 480;

    /// <summary>Draws the figure. A row with an incomplete cell has no bar.</summary>
    /// <exception cref="AdaptClusterException">No row has an average yet.</exception>
    public static Figure Draw(SweepResults results)
    {
        var rows = results.Rows;
        if (rows.All(row => row.Average is null))
            throw new AdaptClusterException(
                $"plot: no row of {results.Sweep} has an average yet, because an average requires every job of the row; 'sweep status "
                + $"{results.Sweep}' shows the progress.");
        var (best, longest) = (new BestCells(results), rows.Max(row => row.Average)!.Value);
        var labelWidth = rows.Max(row => Style.Width(row.Label, Style.LabelSize)) + 14;
        var (top, bottom) = (10, 56);
        var figure = new Figure(labelWidth + BarArea + 24, top + (rows.Length * RowHeight) + bottom);
        var plot = Style.Panel();
        var bars = plot.Add.Bars(rows.Select((row, index) => new Bar
        {
            Position = rows.Length - 1 - index,
            Value = row.Average ?? 0,
            Size = 0.72,
            FillColor = best.ContainsAverage(row) ? Style.Blue : Color.FromHex("#9CC3DE"),
            LineWidth = 0,
        }).ToArray());
        bars.Horizontal = true;
        for (var i = 0; i < rows.Length; i++)
        {
            var text = rows[i].Average is { } average ? CellText.Number(average, "F2") : "incomplete";
            Style.Text(plot, $" {text}", rows[i].Average ?? 0, rows.Length - 1 - i, Style.LabelSize, Style.Ink,
                best.ContainsAverage(rows[i]), Alignment.MiddleLeft);
        }
        plot.Axes.Left.SetTicks([.. rows.Select((_, index) => (double)(rows.Length - 1 - index))], [.. rows.Select(row => row.Label)]);
        plot.Axes.Left.TickLabelStyle.FontSize = Style.LabelSize;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        // Grid lines would cross the numbers at the bars.
        plot.HideGrid();
        plot.XLabel(string.Create(CultureInfo.InvariantCulture,
            $"test accuracy (%), mean of {results.Datasets.Length} data set{(results.Datasets.Length == 1 ? "" : "s")}"));
        // Leaves room for the number after the longest bar. Bars start at 0, so that their lengths are proportional.
        plot.Axes.SetLimits(0, longest * 1.16, -0.6, rows.Length - 0.4);
        plot.Layout.Fixed(new PixelPadding((float)labelWidth, 24, bottom, top));
        figure.Add(plot, 0, 0, figure.Width, figure.Height);
        return figure;
    }
}
