using System.Globalization;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Web.Charts;

/// <summary>A vertical axis in a parallel-coordinates chart. It places values between 0 (bottom) and 1 (top).</summary>
internal sealed class ParallelAxis
{
    /// <summary>
    /// The minimum ratio of the largest to the smallest value for a logarithmic axis, which suits settings such as learning rates.
    /// </summary>
    private const double LogarithmicRatio = 20;

    /// <summary>
    /// The maximum number of values on an axis on which every value has a label. With more values, only the first and the last value have a
    /// label.
    /// </summary>
    private const int MostLabels = 8;

    private readonly string[] _values;
    private readonly double[]? _numbers;
    private readonly bool _logarithmic;

    /// <summary>Initializes an axis for the values of a setting.</summary>
    /// <param name="name">The setting.</param>
    /// <param name="values">The value in each trial; null if a trial's method does not have the setting.</param>
    public ParallelAxis(string name, IEnumerable<string?> values)
    {
        Name = name;
        string?[] all = [.. values];
        HasNone = all.Contains(null);
        _values = [.. all.OfType<string>().Distinct()];
        var numbers = Array.ConvertAll(_values,
            value => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN);
        if (Array.TrueForAll(numbers, double.IsFinite) && numbers.Length > 0)
        {
            Array.Sort(numbers, _values);
            _numbers = numbers;
            _logarithmic = numbers[0] > 0 && numbers[^1] / numbers[0] >= LogarithmicRatio;
        }
    }

    /// <summary>The setting.</summary>
    public string Name { get; }

    /// <summary>Whether some trials do not have the setting. Such trials are placed below all values.</summary>
    public bool HasNone { get; }

    /// <summary>The labels with their positions, from 0 to 1.</summary>
    public IEnumerable<(string Text, double Place)> Labels
    {
        get
        {
            if (HasNone) yield return ("none", 0);
            for (var i = 0; i < _values.Length; i++)
                if (_values.Length <= MostLabels || i == 0 || i == _values.Length - 1) yield return (_values[i], Place(_values[i]));
        }
    }

    /// <summary>Returns the position of a value, from 0 to 1.</summary>
    /// <param name="value">One of the axis's values; null for a trial without the setting.</param>
    public double Place(string? value)
    {
        if (value is null) return 0;
        // Trials without the setting take the lowest place.
        var floor = HasNone ? 0.18 : 0;
        var at = Array.IndexOf(_values, value);
        if (_values.Length < 2) return (floor + 1) / 2;
        var share = _numbers is null ? (double)at / (_values.Length - 1) : (Measure(_numbers[at]) - Measure(_numbers[0]))
            / (Measure(_numbers[^1]) - Measure(_numbers[0]));
        return floor + (share * (1 - floor));
    }

    /// <summary>Returns the axes for a table of trials.</summary>
    public static ParallelAxis[] Of(TrialTable table) => [.. table.Axes.Select((axis, i) =>
        new ParallelAxis(axis, table.Trials.Select(trial => trial.Values[i])))];

    private double Measure(double number) => _logarithmic ? Math.Log(number) : number;
}
