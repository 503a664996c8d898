using System.Globalization;

namespace AdaptCluster.Web.Charts;

/// <summary>Maps an axis's values to positions in a drawing.</summary>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Start">The position of the smallest value.</param>
/// <param name="End">The position of the largest value.</param>
internal readonly record struct ChartScale(double Least, double Most, double Start, double End)
{
    /// <summary>Returns a scale with both ends rounded to ticks, so that no line touches the frame.</summary>
    /// <param name="values">The values to show.</param>
    /// <param name="start">The position of the smallest value.</param>
    /// <param name="end">The position of the largest value.</param>
    /// <param name="count">The number of ticks to aim for.</param>
    public static ChartScale Rounded(IEnumerable<double> values, double start, double end, int count = 5)
    {
        var finite = values.Where(double.IsFinite).DefaultIfEmpty(0).ToArray();
        var (least, most) = (finite.Min(), finite.Max());
        // If all values are equal, the line runs through the middle.
        if (most - least < 1e-9) (least, most) = (least - 0.5, most + 0.5);
        var step = Step(least, most, count);
        return new(Math.Floor(least / step) * step, Math.Ceiling(most / step) * step, start, end);
    }

    /// <summary>Returns the position of a value.</summary>
    public double this[double value] => Start + ((value - Least) / (Most - Least) * (End - Start));

    /// <summary>Returns the values of ticks: round values within the range, smallest first.</summary>
    /// <param name="count">The number of ticks to aim for.</param>
    /// <param name="whole">Whether all ticks must be whole numbers, as for epochs.</param>
    public double[] Ticks(int count = 5, bool whole = false)
    {
        var step = Step(Least, Most, count);
        if (whole) step = Math.Max(1, Math.Round(step));
        var (first, last) = ((long)Math.Ceiling((Least / step) - 1e-9), (long)Math.Floor((Most / step) + 1e-9));
        // Multiples, because sums would accumulate rounding errors.
        return [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => (first + i) * step)];
    }

    /// <summary>Formats a tick with enough decimals to distinguish it from its neighbours.</summary>
    /// <param name="tick">The tick.</param>
    /// <param name="count">The number of ticks, as for <see cref="Ticks"/>.</param>
    public string Label(double tick, int count = 5)
    {
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(Step(Least, Most, count)) - 1e-9), 0, 12);
        return tick.ToString($"F{decimals}", CultureInfo.InvariantCulture);
    }

    /// <summary>Formats a position for SVG, regardless of the culture.</summary>
    public static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Formats points for SVG.</summary>
    public static string Text(IEnumerable<(double X, double Y)> points)
    {
        string[] all = [.. points.Select(point => $"{Text(point.X)},{Text(point.Y)}")];
        // A line of one point is drawn as a dot only if it has two ends.
        return all is [var only] ? $"{only} {only}" : string.Join(' ', all);
    }

    /// <summary>Returns the distance between ticks: 1, 2 or 5 times a power of ten.</summary>
    private static double Step(double least, double most, int count)
    {
        var rough = (most - least) / count;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * (rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 };
    }
}
