using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// A cache of list rows for sweeps that have ended. Their plans and results do not change, so a list that is refreshed every second reads
/// them only once. If it is full, the row added first is evicted.
/// </summary>
internal sealed class EndedSweepCache
{
    /// <summary>The maximum number of cached rows.</summary>
    internal const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, SweepLine> _lines = [];
    private readonly Queue<Key> _oldest = new();

    /// <summary>Returns the cached row of a sweep in its current state; null if there is none, as for a sweep that has not ended.</summary>
    public SweepLine? Find(SweepSummary sweep)
    {
        lock (_lock) return _lines.GetValueOrDefault(Key.Of(sweep));
    }

    /// <summary>Caches the row of a sweep, if the sweep has ended.</summary>
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
    /// The state of a sweep when it was cached. A sweep that was retried, or deleted and submitted again, ends at another time.
    /// </summary>
    private readonly record struct Key(string Id, SweepState State, int Completed, DateTimeOffset? Ended)
    {
        public static Key Of(SweepSummary sweep) => new(sweep.Id, sweep.State, sweep.Jobs.Completed, sweep.Ended);
    }
}
