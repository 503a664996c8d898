using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Compares a sweep's table with a reported table.</summary>
public sealed class Comparison
{
    private readonly Dictionary<ResultRow, ReportedRow> _pairs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Pairs the rows of the two tables.</summary>
    /// <param name="results">The sweep's table.</param>
    /// <param name="reported">The reported table.</param>
    public Comparison(SweepResults results, ReportedTable reported)
    {
        (Results, Reported) = (results, reported);
        foreach (var row in results.Rows)
            if (reported.Find(row) is { } match) _pairs.Add(row, match);
    }

    /// <summary>The sweep's table.</summary>
    public SweepResults Results { get; }

    /// <summary>The reported table.</summary>
    public ReportedTable Reported { get; }

    /// <summary>Returns the reported row that matches an arm; null if there is none.</summary>
    public ReportedRow? Of(ResultRow row) => _pairs.GetValueOrDefault(row);

    /// <summary>
    /// Returns the sweep's value, the reported value and their difference (ours minus theirs); each is null if it is not available.
    /// </summary>
    public (double? Ours, double? Theirs, double? Difference) Cell(ResultRow row, string dataset)
    {
        var test = row.Cells[dataset].Test;
        var ours = !row.Cells[dataset].Complete ? null : Reported.RoundsRuns ? RoundedMean(test.Runs) : test.Mean;
        return With(ours, Of(row) is { } reported && reported.Test.TryGetValue(dataset, out var value) ? value : null);
    }

    /// <summary>
    /// Returns the sweep's average over the data sets, the reported average and their difference (ours minus theirs). The reported average
    /// is null unless its row has the same data sets.
    /// </summary>
    public (double? Ours, double? Theirs, double? Difference) Average(ResultRow row)
    {
        var cells = Results.Datasets.Select(dataset => Cell(row, dataset)).ToArray();
        var sameSets = Of(row) is { } reported && reported.Test.Count == cells.Length && cells.All(cell => cell.Theirs is not null);
        var ours = cells.All(cell => cell.Ours is not null) ? cells.Average(cell => cell.Ours) : null;
        return With(ours, sameSets ? Of(row)!.Average : null);
    }

    /// <summary>The notes to show with the comparison.</summary>
    public IEnumerable<string> Notes =>
    [
        $"compared with {Reported.Source}",
        .. Reported.RoundsRuns ? (string[])["runs are rounded to one decimal and then averaged, as in the source"] : [],
        .. Strangers,
        .. Results.Rows.Where(row => Of(row) is null).Select(row => $"{row.Label}: not in the reported table"),
        .. Results.Rows.Where(row => Of(row)?.Note is not null).Select(row => $"{row.Label}: {Of(row)!.Note}"),
        .. Reported.Notes,
    ];

    /// <summary>The reason why the two tables have no values in common; empty if they have some.</summary>
    private IEnumerable<string> Strangers
    {
        get
        {
            string[] theirs = [.. Reported.Rows.SelectMany(row => row.Test.Keys).Distinct(StringComparer.Ordinal)];
            if (!Results.Datasets.Intersect(theirs, StringComparer.Ordinal).Any())
                yield return $"no data set in common: the sweep has {List(Results.Datasets)}; the reported table has {List(theirs)}";
            else if (_pairs.Count == 0)
                yield return $"no row in common: the reported table has {List([.. Reported.Rows.Select(row => row.Label)])}; "
                    + "rows are matched by label, or by method, scorer and T_target";
        }
    }

    private static string List(string[] names) => names.Length switch
    {
        0 => "none",
        <= MostNamed => string.Join(", ", names),
        _ => $"{string.Join(", ", names.Take(MostNamed))} and {CountText.Of(names.Length - MostNamed, "other")}",
    };

    private const int MostNamed = 6;

    private static (double? Ours, double? Theirs, double? Difference) With(double? ours, double? theirs) => (ours, theirs, ours - theirs);

    /// <summary>
    /// Returns the mean of the runs, each first rounded to one decimal place. Rounding matches Python's string formatting, which the
    /// reported table's authors used: it rounds the exact binary value, and rounds ties to even.
    /// </summary>
    public static double? RoundedMean(double[] runs) => runs.Length == 0 ? null : runs.Average(OneDecimal);

    private static double OneDecimal(double percent)
    {
        var whole = Math.Floor(percent);
        // Of all ties at one decimal, only .25 and .75 are exact in binary. .NET's formatting rounds .25 up; half-to-even rounds it down.
        if (percent - whole == 0.25) return whole + 0.2;
        return double.Parse(percent.ToString("F1", System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
