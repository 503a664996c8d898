using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>A sweep's table beside a reported one.</summary>
public sealed class Comparison
{
    private readonly Dictionary<ResultRow, ReportedRow> _pairs = new(ReferenceEqualityComparer.Instance);

    /// <summary>Pairs the rows.</summary>
    /// <param name="results">The sweep's table.</param>
    /// <param name="reported">The other.</param>
    public Comparison(SweepResults results, ReportedTable reported)
    {
        (Results, Reported) = (results, reported);
        foreach (var row in results.Rows)
            if (reported.Find(row) is { } match) _pairs.Add(row, match);
    }

    /// <summary>The sweep's table.</summary>
    public SweepResults Results { get; }

    /// <summary>The other.</summary>
    public ReportedTable Reported { get; }

    /// <summary>The reported row of an arm; null when there is none.</summary>
    public ReportedRow? Of(ResultRow row) => _pairs.GetValueOrDefault(row);

    /// <summary>The sweep's number, the reported one and how much more the sweep has; null where one is missing.</summary>
    public (double? Ours, double? Theirs, double? Difference) Cell(ResultRow row, string dataset)
    {
        var test = row.Cells[dataset].Test;
        var ours = !row.Cells[dataset].Complete ? null : Reported.RoundsRuns ? RoundedMean(test.Runs) : test.Mean;
        return With(ours, Of(row) is { } reported && reported.Test.TryGetValue(dataset, out var value) ? value : null);
    }

    /// <summary>The same for the average over the data sets, which only a row with the same ones has.</summary>
    public (double? Ours, double? Theirs, double? Difference) Average(ResultRow row)
    {
        var cells = Results.Datasets.Select(dataset => Cell(row, dataset)).ToArray();
        var sameSets = Of(row) is { } reported && reported.Test.Count == cells.Length && cells.All(cell => cell.Theirs is not null);
        var ours = cells.All(cell => cell.Ours is not null) ? cells.Average(cell => cell.Ours) : null;
        return With(ours, sameSets ? Of(row)!.Average : null);
    }

    /// <summary>What the reader must know.</summary>
    public IEnumerable<string> Notes =>
    [
        $"compared with {Reported.Source}",
        .. Reported.RoundsRuns ? (string[])["runs are rounded to one decimal and then averaged, as the source did"] : [],
        .. Strangers,
        .. Results.Rows.Where(row => Of(row) is null).Select(row => $"{row.Label}: not reported there"),
        .. Results.Rows.Where(row => Of(row)?.Note is not null).Select(row => $"{row.Label}: {Of(row)!.Note}"),
        .. Reported.Notes,
    ];

    /// <summary>What keeps the two tables from sharing a number, if anything does.</summary>
    private IEnumerable<string> Strangers
    {
        get
        {
            string[] theirs = [.. Reported.Rows.SelectMany(row => row.Test.Keys).Distinct(StringComparer.Ordinal)];
            if (!Results.Datasets.Intersect(theirs, StringComparer.Ordinal).Any())
                yield return $"no data set in common: the sweep has {List(Results.Datasets)}, there are {List(theirs)}";
            else if (_pairs.Count == 0)
                yield return $"no row in common: there are {List([.. Reported.Rows.Select(row => row.Label)])}; "
                    + "rows are paired by their label, or by method, scorer and T_target";
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
    /// The mean of runs printed with one decimal. Python's printing, which the source used, rounds the exact binary value and halves to
    /// even.
    /// </summary>
    public static double? RoundedMean(double[] runs) => runs.Length == 0 ? null : runs.Average(OneDecimal);

    private static double OneDecimal(double percent)
    {
        var whole = Math.Floor(percent);
        // Of all halves of a tenth only .25 and .75 are exact in binary; formatting rounds .25 up, half-to-even rounds it down.
        if (percent - whole == 0.25) return whole + 0.2;
        return double.Parse(percent.ToString("F1", System.Globalization.CultureInfo.InvariantCulture),
            System.Globalization.CultureInfo.InvariantCulture);
    }
}
