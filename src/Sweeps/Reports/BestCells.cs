using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// The best of each column of a table, which stands in bold: of the cells that are complete, since a mean of fewer seeds is no match for
/// them. Of rows of one method that differ in hyperparameters only the best by validation takes part, since to pick one of them by its test
/// accuracy would be to tune on the test set.
/// </summary>
public sealed class BestCells
{
    private readonly Dictionary<string, double?> _best;
    private readonly Dictionary<(string Method, string Dataset), ResultRow?> _tuned = [];
    private readonly Dictionary<string, ResultRow?> _tunedAverages;
    private readonly double? _average;
    private readonly AccuracySplit _split;
    private readonly SweepResults _results;

    /// <summary>Finds them.</summary>
    /// <param name="results">The table.</param>
    /// <param name="split">The accuracies that it shows: by validation accuracy all rows may be compared.</param>
    public BestCells(SweepResults results, AccuracySplit split = AccuracySplit.Test)
    {
        _split = split;
        var methods = results.Rows.GroupBy(row => row.Method).ToArray();
        foreach (var method in methods)
            foreach (var dataset in results.Datasets)
                _tuned.Add((method.Key, dataset),
                    Tuned(method.Where(row => IsComplete(row.Cells[dataset])), row => row.Cells[dataset].Validation.Mean));
        _tunedAverages = methods.ToDictionary(method => method.Key,
            method => Tuned(method.Where(row => row.Average is not null), row => CellText.Validation(results, row)));
        _best = results.Datasets.ToDictionary(dataset => dataset,
            dataset => methods.Max(method => _tuned[(method.Key, dataset)] is { } row ? Shown(row.Cells[dataset]) : null));
        _average = methods.Max(method => _tunedAverages[method.Key] is { } row ? Average(results, row) : null);
        _results = results;
        ChoseByValidation = methods.Any(method => method.Skip(1).Any());
    }

    /// <summary>Whether rows of one method had to be chosen from, which a note under the table says.</summary>
    public bool ChoseByValidation { get; }

    /// <summary>The note.</summary>
    public const string Note =
        "bold: the best test accuracy; of rows of one method only the one with the best validation accuracy takes part";

    /// <summary>Whether an arm is the best of a data set, alone or with others.</summary>
    public bool Contains(ResultRow row, string dataset) =>
        ReferenceEquals(_tuned[(row.Method, dataset)], row) && Shown(row.Cells[dataset]) == _best[dataset];

    /// <summary>Whether its average is the best.</summary>
    public bool ContainsAverage(ResultRow row) => ReferenceEquals(_tunedAverages[row.Method], row) && Average(_results, row) == _average;

    /// <summary>Whether a table has means of fewer runs than there are seeds, which get a mark.</summary>
    public static bool HasPartialMeans(SweepResults results) =>
        results.Rows.Any(row => row.Cells.Values.Any(cell => cell is { Complete: false, Test.Mean: not null }));

    /// <summary>The row with the best validation accuracy, of equal ones the first; null where none is complete.</summary>
    private static ResultRow? Tuned(IEnumerable<ResultRow> complete, Func<ResultRow, double?> validation) =>
        complete.MaxBy(row => validation(row) ?? double.NegativeInfinity);

    private double? Shown(ResultCell cell) => _split == AccuracySplit.Validation ? cell.Validation.Mean : cell.Test.Mean;

    private double? Average(SweepResults results, ResultRow row) =>
        _split == AccuracySplit.Validation ? CellText.Validation(results, row) : row.Average;

    private static bool IsComplete(ResultCell cell) => cell is { Complete: true, Test.Mean: not null };
}
