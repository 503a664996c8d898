using System.Collections.Concurrent;
using AdaptCluster.Sweeps.Results;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>The options for the sweep gauges.</summary>
public sealed class SweepGaugeOptions
{
    /// <summary>The maximum number of time series for sweeps and cells that this silo publishes. Default: 20,000.</summary>
    public int MaxSeries { get; set; } = 20_000;
}

/// <summary>
/// Selects the sweeps and tables on this silo whose gauges are published. The newest sweeps are published, up to a maximum number of
/// series, so that neither a scrape nor its storage grows with the number of past sweeps. Sweep levels take precedence over tables. An
/// ended sweep stays published for some minutes, so that its end is visible.
/// </summary>
/// <param name="options">The maximum number of series.</param>
/// <param name="time">The clock.</param>
internal sealed class PublishedSweeps(IOptions<SweepGaugeOptions> options, TimeProvider time)
{
    /// <summary>
    /// The time for which a sweep's gauges stay published after its end, and for which its grains stay active after the last call.
    /// </summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, SweepLevels> _sweeps = new();
    private readonly ConcurrentDictionary<string, SweepTableLevels> _tables = new();

    /// <summary>Publishes a sweep's levels.</summary>
    public void Publish(string sweep, SweepLevels levels) => _sweeps[sweep] = levels;

    /// <summary>Publishes a sweep's table.</summary>
    public void Publish(string sweep, SweepTableLevels table) => _tables[sweep] = table;

    /// <summary>Removes a sweep that is no longer on this silo.</summary>
    public void RemoveSweep(string sweep) => _sweeps.TryRemove(sweep, out _);

    /// <summary>Removes a table that is no longer on this silo.</summary>
    public void RemoveTable(string sweep) => _tables.TryRemove(sweep, out _);

    /// <summary>Returns the levels and tables to publish now, newest sweeps first.</summary>
    public Selection Now()
    {
        var (room, leftOut) = (options.Value.MaxSeries, 0);
        var sweeps = Pick(_sweeps, sweep => sweep.Ended, sweep => sweep.Order, _ => SweepLevels.Series);
        // A table that does not fit completely is left out, because a partial table could be mistaken for a complete one.
        var tables = Pick(_tables, table => table.Ended, table => table.Order, table => table.Series);
        return new Selection(sweeps, tables, leftOut);

        KeyValuePair<string, T>[] Pick<T>(ConcurrentDictionary<string, T> all, Func<T, DateTimeOffset?> ended, Func<T, long> order,
            Func<T, int> series)
        {
            var now = time.GetUtcNow();
            var picked = new List<KeyValuePair<string, T>>();
            foreach (var one in all.Where(one => !(ended(one.Value) + Afterglow < now)).OrderByDescending(one => order(one.Value)))
            {
                var wanted = series(one.Value);
                if (wanted > room)
                {
                    leftOut += wanted;
                    continue;
                }
                room -= wanted;
                picked.Add(one);
            }
            return [.. picked];
        }
    }

    /// <summary>The published sweeps and tables.</summary>
    /// <param name="Sweeps">The levels of sweeps, newest sweep first.</param>
    /// <param name="Tables">The tables of sweeps, newest sweep first.</param>
    /// <param name="LeftOut">The number of series that are left out because of the limit.</param>
    internal sealed record Selection(
        KeyValuePair<string, SweepLevels>[] Sweeps, KeyValuePair<string, SweepTableLevels>[] Tables, int LeftOut);
}

/// <summary>The filled cells of a sweep's table.</summary>
/// <param name="Cells">The cells.</param>
/// <param name="Order">The sweep's position in the order of submission.</param>
/// <param name="Ended">The time at which the sweep ended; null while the sweep is open.</param>
internal sealed record SweepTableLevels(CellLevel[] Cells, long Order, DateTimeOffset? Ended)
{
    /// <summary>The number of time series that the table needs.</summary>
    public int Series { get; } = Cells.Sum(cell => (cell.Validation is null ? 0 : 1) + (cell.Test is null ? 0 : 1));
}
