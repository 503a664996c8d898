using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// What was found of sweeps that have ended, whose plan and results stay as they are, so that a list that is read each second reads them
/// once. The oldest go where there are too many.
/// </summary>
internal sealed class EndedLines
{
    /// <summary>Most sweeps that are kept.</summary>
    internal const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Key, SweepLine> _lines = [];
    private readonly Queue<Key> _oldest = new();

    /// <summary>What was found of a sweep as it stands; null where nothing is known, as of one that has not ended.</summary>
    public SweepLine? Find(SweepSummary sweep)
    {
        lock (_lock) return _lines.GetValueOrDefault(Key.Of(sweep));
    }

    /// <summary>Keeps what was found of a sweep, if it has ended.</summary>
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

    /// <summary>A sweep as it stood: one that was retried, or deleted and submitted again, ends at another time.</summary>
    private readonly record struct Key(string Id, SweepState State, int Completed, DateTimeOffset? Ended)
    {
        public static Key Of(SweepSummary sweep) => new(sweep.Id, sweep.State, sweep.Jobs.Completed, sweep.Ended);
    }
}
