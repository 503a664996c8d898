using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>A legend below the panels of a figure. It has as many columns as fit, and its entries are ordered row by row.</summary>
/// <param name="entries">The entries.</param>
/// <param name="width">The width of the figure in layout units.</param>
internal sealed class Legend(LegendEntry[] entries, double width)
{
    private const double RowHeight = 24, Margin = 18, KeyWidth = 46, Gap = 22, Edge = 6;

    private readonly int _columns =
        Math.Clamp((int)((width - Margin) / (Longest(entries) + KeyWidth + Gap)), 1, Math.Max(1, entries.Length));

    /// <summary>The height of the legend in layout units.</summary>
    public double Height => (Rows * RowHeight) + (2 * Edge);

    private int Rows => (entries.Length + _columns - 1) / _columns;

    /// <summary>Returns the minimum width of a legend with one entry per row.</summary>
    public static double LeastWidth(LegendEntry[] entries) => Longest(entries) + KeyWidth + Gap + Margin;

    /// <summary>Draws the legend.</summary>
    public Plot Draw()
    {
        var plot = Style.Panel();
        plot.HideAxesAndGrid();
        plot.Axes.SetLimits(0, width, 0, Height);
        plot.Layout.Fixed(new PixelPadding(0));
        var column = Longest(entries) + KeyWidth + Gap;
        var start = Math.Max(Margin, (width - (_columns * column)) / 2);
        for (var i = 0; i < entries.Length; i++)
        {
            var (x, y) = (start + (i % _columns * column), Height - Edge - (RowHeight * ((i / _columns) + 0.5)));
            entries[i].Key(plot, x, y);
            plot.Add.Plottable(new MathLabel(entries[i].Text, x + KeyWidth, y));
        }
        return plot;
    }

    private static double Longest(LegendEntry[] entries) => entries.Max(entry => MathText.Width(entry.Text, Style.TickSize));
}

/// <summary>An entry in a legend.</summary>
/// <param name="Text">The label of the key.</param>
/// <param name="Key">An action that draws the key, which is 36 units wide, given its left end and its vertical position.</param>
internal sealed record LegendEntry(string Text, Action<Plot, double, double> Key)
{
    private const double Length = 36;

    /// <summary>Creates an entry for the line of a series.</summary>
    /// <param name="text">The name of the series.</param>
    /// <param name="series">The number of the series, starting at 0.</param>
    /// <param name="hollow">Whether the line is thin with hollow markers.</param>
    public static LegendEntry Line(string text, int series, bool hollow = false) => new(text, (plot, x, y) =>
    {
        var line = plot.Add.Scatter((double[])[x, x + Length], (double[])[y, y]);
        Style.Dress(line, series, hollow);
        line.MarkerSize = 0;
        Style.Dress(plot.Add.Scatter(x + (Length / 2), y), series, hollow);
    });

    /// <summary>Creates an entry for a point.</summary>
    /// <param name="text">The name of the series.</param>
    /// <param name="series">The number of the series, starting at 0.</param>
    public static LegendEntry Point(string text, int series) => new(text, (plot, x, y) =>
        Style.Dress(plot.Add.Scatter(x + (Length / 2), y), series, hollow: false));

    /// <summary>Creates an entry for a line without markers.</summary>
    public static LegendEntry Plain(string text, Color colour, float thickness) => new(text, (plot, x, y) =>
    {
        var line = plot.Add.Line(x, y, x + Length, y);
        (line.LineColor, line.LineWidth, line.MarkerSize) = (colour, thickness, 0);
    });

    /// <summary>Creates an entry for the ring around a selected point.</summary>
    public static LegendEntry Ring(string text) => new(text, (plot, x, y) => Style.Ring(plot, x + (Length / 2), y));
}
