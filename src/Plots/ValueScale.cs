using System.Globalization;

namespace AdaptCluster.Plots;

/// <summary>
/// The positions of a setting's values on an x-axis. The scale is logarithmic if the values are positive and their ratios are more even
/// than their differences; otherwise it is linear.
/// </summary>
internal sealed class ValueScale
{
    /// <summary>The share of the smallest gap between two values that is used to place series side by side.</summary>
    private const double GapShare = 0.55;

    /// <summary>The maximum distance between neighbouring series, as a share of the axis.</summary>
    private const double MostShift = 0.028;

    private readonly double[] _values, _positions;
    private readonly int _series;

    /// <summary>Initializes the scale.</summary>
    /// <param name="values">The values. There is at least one, and they are unique and in ascending order.</param>
    /// <param name="series">The number of series drawn side by side.</param>
    public ValueScale(double[] values, int series)
    {
        _series = series;
        Logarithmic = values.Length > 2 && values[0] > 0 && Unevenness([.. values.Select(Math.Log2)]) < Unevenness(values);
        (_values, _positions) = (values, [.. values.Select(Of)]);
    }

    /// <summary>Whether the scale is logarithmic.</summary>
    public bool Logarithmic { get; }

    /// <summary>The ends of the axis, with a margin around the values.</summary>
    public (double Start, double End) Limits
    {
        get
        {
            var margin = (0.05 * Span) - Shift(0);
            return (_positions[0] - margin, _positions[^1] + margin);
        }
    }

    private double Span => _positions.Length > 1 ? _positions[^1] - _positions[0] : 1;

    /// <summary>Returns the position of a value.</summary>
    public double Of(double value) => Logarithmic ? Math.Log2(value) : value;

    /// <summary>Returns the shift of a series along the axis, so that error bars of several series at one value do not overlap.</summary>
    /// <param name="series">The number of the series, starting at 0.</param>
    public double Shift(int series)
    {
        var gap = _positions.Length > 1 ? _positions.Zip(_positions.Skip(1), (one, next) => next - one).Min() : 1;
        return (series - ((_series - 1) / 2.0)) * Math.Min(gap * GapShare / _series, MostShift * Span);
    }

    /// <summary>Returns the ticks, one for each value. A tick has a label only if there is room for it.</summary>
    /// <param name="width">The length of the axis in layout units.</param>
    public (double[] Positions, string[] Labels) Ticks(double width)
    {
        var (start, end) = Limits;
        var free = double.NegativeInfinity;
        var labels = new string[_values.Length];
        for (var i = 0; i < _values.Length; i++)
        {
            var text = _values[i].ToString("G4", CultureInfo.InvariantCulture);
            var (at, half) = ((_positions[i] - start) / (end - start) * width, Style.Width(text, Style.TickSize) / 2);
            labels[i] = at - half < free ? "" : text;
            if (labels[i].Length > 0) free = at + half + 4;
        }
        return (_positions, labels);
    }

    /// <summary>Returns the standard deviation of the gaps between sorted positions, divided by their mean.</summary>
    private static double Unevenness(double[] positions)
    {
        double[] gaps = [.. positions.Zip(positions.Skip(1), (one, next) => next - one)];
        var mean = gaps.Average();
        return Math.Sqrt(gaps.Average(gap => (gap - mean) * (gap - mean))) / mean;
    }
}
