using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>
/// Plots the table as a heat map. The shade of a cell shows its position between the worst and the best value of its column. Each column
/// has its own scale, because accuracies differ more between data sets than between arms.
/// </summary>
public static class TablePlot
{
    private const double RowHeight = 46, ChosenHeight = 16, Pad = 14;

    private static readonly float SmallSize = Style.TickSize - 2;

    /// <summary>Draws the figure.</summary>
    /// <exception cref="AdaptClusterException">No cell has a result yet.</exception>
    public static Figure Draw(SweepResults results)
    {
        if (results.Rows.All(row => row.Cells.Values.All(cell => cell.Test.Mean is null)))
            throw new AdaptClusterException(
                $"plot: no job of {results.Sweep} has a result yet; 'sweep status {results.Sweep}' shows its progress.");
        var averaged = results.Rows.Any(row => row.Average is not null);
        string[] columns = [.. results.Datasets, .. averaged ? (string[])["average"] : []];
        var best = new BestCells(results);
        var cells = results.Rows.Select(row => (Cell[])
        [
            .. results.Datasets.Select(name =>
                new Cell(row.Cells[name].Test.Mean, row.Cells[name].Test.Std, row.Cells[name].Complete, best.Contains(row, name),
                    row.Cells[name].Test.Mean is null ? "" : CellText.Chosen(row, row.Cells[name]))),
            .. averaged ? (Cell[])[new(row.Average, null, Complete: true, best.ContainsAverage(row), "")] : [],
        ]).ToArray();
        var chose = Array.Exists(cells, row => Array.Exists(row, cell => cell.Chosen.Length > 0));
        var rowHeight = RowHeight + (chose ? ChosenHeight : 0);
        var columnWidth = Math.Max(Style.Width("100.00", Style.LabelSize, bold: true),
            Math.Max(columns.Max(name => Style.Width(name, Style.TickSize)),
                cells.Max(row => row.Max(cell => Style.Width(cell.Chosen, SmallSize))))) + Pad;
        var labelWidth = results.Rows.Max(row => Style.Width(row.Label, Style.LabelSize)) + Pad;
        var (top, bottom) = (34.0, 64.0);
        var legend = $"within its column{(BestCells.HasPartialMeans(results) ? "   * runs are missing" : "")}";
        var legendWidth = Math.Max(Style.Width(legend, Style.TickSize) + (2 * Pad), columns.Length * columnWidth / 2);
        var figure = new Figure(labelWidth + Math.Max(columns.Length * columnWidth, legendWidth) + Pad,
            top + (results.Rows.Length * rowHeight) + bottom);

        var plot = Style.Panel();
        Style.Bare(plot);
        for (var column = 0; column < columns.Length; column++)
        {
            var shares = Shares(cells, column);
            for (var row = 0; row < cells.Length; row++)
                DrawCell(plot, cells[row][column], column, cells.Length - 1 - row, shares[row], rowHeight);
        }
        if (averaged)
        {
            var line = plot.Add.VerticalLine(results.Datasets.Length - 0.5);
            (line.Color, line.LineWidth) = (Style.Ink, 1.5f);
        }
        plot.Axes.Top.SetTicks([.. Enumerable.Range(0, columns.Length).Select(i => (double)i)], columns);
        plot.Axes.Left.SetTicks([.. Enumerable.Range(0, cells.Length).Select(i => (double)(cells.Length - 1 - i))],
            [.. results.Rows.Select(row => row.Label)]);
        plot.Axes.Left.TickLabelStyle.FontSize = Style.LabelSize;
        plot.Axes.Bottom.SetTicks([], []);
        plot.Axes.SetLimits(-0.5, columns.Length - 0.5, -0.5, cells.Length - 0.5);
        plot.Axes.SetLimitsX(-0.5, columns.Length - 0.5, plot.Axes.Top);
        plot.Layout.Fixed(new PixelPadding((float)labelWidth, (float)Pad, 8, (float)top));
        var height = top + (results.Rows.Length * rowHeight) + 8;
        figure.Add(plot, 0, 0, labelWidth + (columns.Length * columnWidth) + Pad, height);
        figure.Add(ColourBar.Horizontal(legend, [0, 1], value => value, 0, 1, ["worst", "best"]), labelWidth, height, legendWidth,
            bottom - 8);
        return figure;
    }

    private static void DrawCell(Plot plot, Cell cell, double x, double y, double? share, double rowHeight)
    {
        Style.Cell(plot, x, y, share is { } s ? Style.Shade(s) : Colors.White, Colors.White);
        var ink = share is { } shade ? Style.OnShade(shade) : Style.Ink;
        if (cell.Mean is not { } mean)
        {
            Style.Text(plot, "–", x, y, Style.LabelSize, Style.Ink);
            return;
        }
        var text = CellText.Number(mean, "F2") + (cell.Complete ? "" : "*");
        // The lines of a cell, with the distances of their centres from the middle of a row that has only the mean and the deviation.
        var up = cell.Chosen.Length > 0 ? ChosenHeight / 2 : 0;
        Style.Text(plot, text, x, y + (((cell.Std is null ? 0 : 8) + up) / rowHeight), Style.LabelSize, ink, cell.Best);
        if (cell.Std is { } std) Style.Text(plot, $"± {CellText.Number(std, "F2")}", x, y + ((up - 10) / rowHeight), SmallSize, ink);
        if (cell.Chosen.Length > 0)
            Style.Text(plot, cell.Chosen, x, y + (((cell.Std is null ? -8 : -10 - ChosenHeight) + up) / rowHeight), SmallSize, ink);
    }

    /// <summary>
    /// Returns the position of each cell in a column on a scale from 0 (worst value) to 1 (best value). Returns 0.5 if all values are
    /// equal, and null for cells without a value.
    /// </summary>
    private static double?[] Shares(Cell[][] cells, int column)
    {
        var (worst, best) = (cells.Min(row => row[column].Mean), cells.Max(row => row[column].Mean));
        return [.. cells.Select(row => best > worst ? (row[column].Mean - worst) / (best - worst) : row[column].Mean is null ? null : 0.5)];
    }

    /// <summary>A cell of the table. An incomplete cell contains the mean so far.</summary>
    private sealed record Cell(double? Mean, double? Std, bool Complete, bool Best, string Chosen);
}
