using System.Globalization;
using ScottPlot;

namespace AdaptCluster.Plots;

/// <summary>The key of a figure's shades.</summary>
internal static class ColourBar
{
    private const int Steps = 64;

    /// <summary>A bar with its numbers and what they are below.</summary>
    /// <param name="label">What the numbers are.</param>
    /// <param name="ticks">Numbers to write.</param>
    /// <param name="share">The shade of a number.</param>
    /// <param name="end">The number at the right end; the left is 0.</param>
    public static Plot Horizontal(string label, double[] ticks, Func<double, double> share, double end)
    {
        var plot = Style.Panel();
        Style.Bare(plot);
        for (var i = 0; i < Steps; i++)
        {
            var piece = plot.Add.Rectangle(end * i / Steps, end * (i + 1) / Steps, 0, 1);
            piece.FillColor = Style.Shade(share(end * (i + 0.5) / Steps));
            // A line in the same colour closes the seams that anti-aliasing leaves.
            (piece.LineColor, piece.LineWidth) = (piece.FillColor, 1);
        }
        plot.Axes.Bottom.SetTicks(ticks, [.. ticks.Select(tick => tick.ToString("0.##", CultureInfo.InvariantCulture))]);
        plot.Axes.Left.SetTicks([], []);
        plot.XLabel(label);
        plot.Axes.Bottom.Label.FontSize = Style.TickSize;
        plot.Axes.SetLimits(0, end, 0, 1);
        plot.Layout.Fixed(new PixelPadding(0, 24, 40, 4));
        return plot;
    }

    /// <summary>About five round numbers from 0 on.</summary>
    public static double[] Ticks(double end)
    {
        var step = new[] { 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100 }.First(step => end / step <= 6 || step == 100);
        return [.. Enumerable.Range(0, (int)(end / step) + 1).Select(i => i * step)];
    }
}
