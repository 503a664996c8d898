using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// A cache of list rows for sweeps that have ended. Their plans and results do not change, so a list that is refreshed every second reads
/// each of them only once. When the cache is full, the oldest row is evicted.
/// </summary>
internal sealed class EndedSweepCache
{
    /// <summary>The maximum number of cached rows.</summary>
    internal const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, SweepLine> _lines = [];
    private readonly Queue<Key> _oldest = new();

    /// <summary>
    /// Returns the cached row for a sweep in its current state; null if it is not cached. Only sweeps that have ended are cached.
    /// </summary>
    public SweepLine? Find(SweepSummary sweep)
    {
        lock (_lock) return _lines.GetValueOrDefault(Key.Of(sweep));
    }

    /// <summary>Caches a sweep's row if the sweep has ended.</summary>
    public void Keep(SweepLine line)
    {
        if (!line.Summary.State.HasEnded) return;
        var key = Key.Of(line.Summary);
        lock (_lock)
        {
            if (!_lines.TryAdd(key, line)) return;
            _oldest.Enqueue(key);
            if (_oldest.Count > Most) _lines.Remove(_oldest.Dequeue());
        }
    }

    /// <summary>
    /// The key of a cached row: the sweep and its state when it was cached. A sweep that was retried, or deleted and submitted again, has a
    /// different end time.
    /// </summary>
    private readonly record struct Key(string Id, SweepState State, int Completed, DateTimeOffset? Ended)
    {
        public static Key Of(SweepSummary sweep) => new(sweep.Id, sweep.State, sweep.Jobs.Completed, sweep.Ended);
    }
}
