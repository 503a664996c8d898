using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>The average over the data sets as one bar for each row of the table.</summary>
public static class AveragePlot
{
    private const double RowHeight = 34, BarArea = 480;

    /// <summary>Draws it; rows without an average are left out.</summary>
    /// <exception cref="AdaptClusterException">No row has its average yet.</exception>
    public static Figure Draw(SweepResults results)
    {
        ResultRow[] rows = [.. results.Rows.Where(row => row.Average is not null)];
        if (rows.Length == 0) throw new AdaptClusterException($"plot: no row of {results.Sweep} has its average yet, which takes every job of its cells; 'sweep status {results.Sweep}' shows how far it is.");
        var (best, longest) = (new BestCells(results), rows.Max(row => row.Average!.Value));
        var labelWidth = rows.Max(row => Style.Width(row.Label, Style.LabelSize)) + 14;
        var (top, bottom) = (10, 56);
        var figure = new Figure(labelWidth + BarArea + 24, top + (rows.Length * RowHeight) + bottom);
        var plot = Style.Panel();
        var bars = plot.Add.Bars(rows.Select((row, index) => new Bar
        {
            Position = rows.Length - 1 - index,
            Value = row.Average!.Value,
            Size = 0.72,
            FillColor = best.ContainsAverage(row) ? Style.Blue : Color.FromHex("#9CC3DE"),
            LineWidth = 0,
        }).ToArray());
        bars.Horizontal = true;
        for (var i = 0; i < rows.Length; i++)
        {
            var value = rows[i].Average!.Value;
            Style.Text(plot, " " + CellText.Number(value, "F2"), value, rows.Length - 1 - i, Style.LabelSize, Style.Ink, best.ContainsAverage(rows[i]), Alignment.MiddleLeft);
        }
        plot.Axes.Left.SetTicks([.. rows.Select((_, index) => (double)(rows.Length - 1 - index))], [.. rows.Select(row => row.Label)]);
        plot.Axes.Left.TickLabelStyle.FontSize = Style.LabelSize;
        plot.Axes.Left.MajorTickStyle.Length = 0;
        plot.Grid.YAxisStyle.IsVisible = false;
        plot.XLabel(string.Create(CultureInfo.InvariantCulture, $"test accuracy (%), mean of {results.Datasets.Length} data set{(results.Datasets.Length == 1 ? "" : "s")}"));
        // Room for the number behind the longest bar; bars begin at 0, or their lengths would lie.
        plot.Axes.SetLimits(0, longest * 1.16, -0.6, rows.Length - 0.4);
        plot.Layout.Fixed(new PixelPadding((float)labelWidth, 24, bottom, top));
        figure.Add(plot, 0, 0, figure.Width, figure.Height);
        return figure;
    }
}
