using System.Globalization;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>Draws a figure's colour bar.</summary>
internal static class ColourBar
{
    private const int Steps = 64;

    /// <summary>Draws a horizontal colour bar with tick labels and a title below the bar.</summary>
    /// <param name="label">The title.</param>
    /// <param name="ticks">The values of the ticks.</param>
    /// <param name="share">A function that maps a value to its shade.</param>
    /// <param name="start">The value at the left end.</param>
    /// <param name="end">The value at the right end.</param>
    /// <param name="texts">The tick labels; null for the values themselves.</param>
    public static Plot Horizontal(
        string label, double[] ticks, Func<double, double> share, double start, double end, string[]? texts = null)
    {
        var plot = Style.Panel();
        Style.Bare(plot);
        for (var i = 0; i < Steps; i++)
        {
            var piece = plot.Add.Rectangle(start + ((end - start) * i / Steps), start + ((end - start) * (i + 1) / Steps), 0, 1);
            piece.FillColor = Style.Shade(share(start + ((end - start) * (i + 0.5) / Steps)));
            // A border in the same colour hides the seams that anti-aliasing leaves.
            (piece.LineColor, piece.LineWidth) = (piece.FillColor, 1);
        }
        plot.Axes.Bottom.SetTicks(ticks, texts ?? [.. ticks.Select(tick => tick.ToString("0.##", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.SetTicks([], []);
        plot.XLabel(label);
        plot.Axes.Bottom.Label.FontSize = Style.TickSize;
        plot.Axes.SetLimits(start, end, 0, 1);
        plot.Layout.Fixed(new PixelPadding(0, 24, 40, 4));
        return plot;
    }

    /// <summary>Returns about five round tick values in a range.</summary>
    public static double[] Ticks(double start, double end)
    {
        var step = new[] { 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100 }.First(step => (end - start) / step <= 6 || step == 100);
        var first = (int)Math.Ceiling((start / step) - 1e-9);
        return [.. Enumerable.Range(first, Math.Max(0, (int)Math.Floor((end / step) + 1e-9) - first + 1)).Select(i => i * step)];
    }
}
