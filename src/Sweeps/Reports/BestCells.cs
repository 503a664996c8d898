using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// The best of each column of a table, which stands in bold: of the cells that are complete, since a mean of fewer seeds is no match for
/// them.
/// </summary>
public sealed class BestCells
{
    private readonly Dictionary<string, double?> _best;
    private readonly double? _average;

    /// <summary>Finds them.</summary>
    /// <param name="results">The table.</param>
    public BestCells(SweepResults results)
    {
        _best = results.Datasets.ToDictionary(dataset => dataset, dataset => results.Rows.Max(row => Complete(row.Cells[dataset])));
        _average = results.Rows.Max(row => row.Average);
    }

    /// <summary>Whether an arm is the best of a data set, alone or with others.</summary>
    public bool Contains(ResultRow row, string dataset) => Complete(row.Cells[dataset]) is { } mean && mean == _best[dataset];

    /// <summary>Whether its average is the best.</summary>
    public bool ContainsAverage(ResultRow row) => row.Average is { } average && average == _average;

    /// <summary>Whether a table has means of fewer runs than there are seeds, which get a mark.</summary>
    public static bool HasPartialMeans(SweepResults results) =>
        results.Rows.Any(row => row.Cells.Values.Any(cell => cell is { Complete: false, Test.Mean: not null }));

    private static double? Complete(ResultCell cell) => cell.Complete ? cell.Test.Mean : null;
}
