using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// The best cells of each column of a table, which are set in bold. A column has a best cell only when all of its cells are complete,
/// because the best cell so far might be the only complete one. If a method has several rows with different hyperparameters, only the row
/// with the best validation accuracy is considered: choosing by test accuracy would be tuning on the test set.
/// </summary>
public sealed class BestCells
{
    /// <summary>The note below a table in which a method has several rows.</summary>
    public const string Note =
        "bold: the best test accuracy; for each method, only the row with the best validation accuracy is considered";

    private readonly Dictionary<string, ResultRow[]> _best;
    private readonly ResultRow[] _averages;

    /// <summary>Finds the best cells of a table.</summary>
    /// <param name="results">The table.</param>
    /// <param name="split">The accuracies that the table shows.</param>
    public BestCells(SweepResults results, AccuracySplit split = AccuracySplit.Test)
    {
        var methods = results.Rows.GroupBy(row => row.Method).ToArray();
        ResultRow[] Best(Func<ResultRow, double?> complete, Func<ResultRow, double?> validation)
        {
            if (results.Rows.Any(row => complete(row) is null)) return [];
            var shown = split == AccuracySplit.Validation ? validation : complete;
            // Of several rows with the same validation accuracy, the first one is compared, and with it the rows that show the same, such
            // as an adaptive row and the fixed row that it chose.
            var compared = methods.SelectMany(method =>
            {
                var first = method.MaxBy(row => validation(row) ?? double.NegativeInfinity)!;
                return method.Where(row => Same(validation(row), validation(first)) && Same(shown(row), shown(first)));
            }).ToArray();
            var best = compared.Max(shown);
            return Array.FindAll(compared, row => Same(shown(row), best));
        }
        _best = results.Datasets.ToDictionary(dataset => dataset, dataset => Best(
            row => row.Cells[dataset].Complete ? row.Cells[dataset].Test.Mean : null, row => row.Cells[dataset].Validation.Mean));
        _averages = Best(row => row.Average, row => CellText.Validation(results, row));
        ChoseByValidation = methods.Any(method => method.Skip(1).Any());
    }

    /// <summary>Whether any method has several rows, and one of them was chosen by validation accuracy.</summary>
    public bool ChoseByValidation { get; }

    /// <summary>Whether an arm is the best on a data set, possibly tied with others.</summary>
    public bool Contains(ResultRow row, string dataset) => Array.Exists(_best[dataset], best => ReferenceEquals(best, row));

    /// <summary>Whether an arm has the best average, possibly tied with others.</summary>
    public bool ContainsAverage(ResultRow row) => Array.Exists(_averages, best => ReferenceEquals(best, row));

    /// <summary>
    /// Whether two accuracies in percent are the same except for rounding. Averages over data sets can differ in their last digits if their
    /// cells differ; means of cells are exact.
    /// </summary>
    private static bool Same(double? one, double? other) => one == other || Math.Abs((one - other) ?? 1) < 1e-9;

    /// <summary>Whether a table contains means over fewer runs than there are seeds. These means are marked.</summary>
    public static bool HasPartialMeans(SweepResults results) =>
        results.Rows.Any(row => row.Cells.Values.Any(cell => cell is { Complete: false, Test.Mean: not null }));
}
