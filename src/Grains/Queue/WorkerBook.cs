namespace AdaptCluster.Grains.Queue;

/// <summary>Tracks the workers that recently called the queue: whether they are free, and which packs they can run.</summary>
internal sealed class WorkerBook
{
    /// <summary>
    /// The time for which a worker counts as free after requesting work. A free worker requests work at least every two seconds.
    /// </summary>
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(5);

    /// <summary>The time for which a worker counts as present after its last call. A quarantined worker calls twice a minute.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Dictionary<string, TimeSpan> _silos = [];
    private TimeSpan _swept;

    /// <summary>Records that a worker requests work.</summary>
    public void RecordRequest(Asker asker, TimeSpan now)
    {
        if (now - _swept > GoneAfter)
        {
            foreach (var (worker, entry) in _entries.ToList())
                if (now - entry.At > GoneAfter) _entries.Remove(worker);
            foreach (var (silo, at) in _silos.ToList())
                if (now - at > GoneAfter) _silos.Remove(silo);
            _swept = now;
        }
        var since = _entries.TryGetValue(asker.Worker, out var known) && known.IdleSince is { } idle && now - known.At <= IdleFor
            ? idle : now;
        _entries[asker.Worker] = new Entry(asker, now, since);
        _silos[asker.Silo] = now;
    }

    /// <summary>Whether no other silo has called recently.</summary>
    public bool IsAlone(string silo, TimeSpan now) => !_silos.Any(other => other.Key != silo && now - other.Value <= GoneAfter);

    /// <summary>Records that a worker received work.</summary>
    public void RecordLease(string worker)
    {
        if (_entries.TryGetValue(worker, out var entry)) _entries[worker] = entry with { IdleSince = null };
    }

    /// <summary>Records that a worker renews its lease.</summary>
    public void RecordRenewal(string worker, TimeSpan now)
    {
        if (!_entries.TryGetValue(worker, out var entry)) return;
        _entries[worker] = entry with { At = now };
        _silos[entry.Asker.Silo] = now;
    }

    /// <summary>Records that a worker handed its lease back and will soon request the next one.</summary>
    public void RecordReturn(string worker, TimeSpan now)
    {
        if (_entries.TryGetValue(worker, out var entry)) _entries[worker] = entry with { At = now, IdleSince = now };
    }

    /// <summary>Returns the free workers, including the worker whose request was recorded last.</summary>
    public IReadOnlyList<Asker> Idle(TimeSpan now) =>
        [.. _entries.Values.Where(entry => entry.IdleSince is not null && now - entry.At <= IdleFor).Select(entry => Known(entry, now))];

    /// <summary>Returns the workers that have been requesting work for several seconds without receiving any.</summary>
    public IReadOnlyList<Asker> IdleForSeconds(TimeSpan now) =>
        [
            .. _entries.Values.Where(entry => now - entry.IdleSince > IdleFor && now - entry.At <= IdleFor)
                .Select(entry => Known(entry, now)),
        ];

    /// <summary>Returns all workers that called recently.</summary>
    public IReadOnlyList<Asker> Present(TimeSpan now) =>
        [.. _entries.Values.Where(entry => now - entry.At <= GoneAfter).Select(entry => entry.Asker)];

    /// <summary>Returns the number of present workers for each trainer version.</summary>
    public Dictionary<int, int> ByTrainer(TimeSpan now) =>
        Present(now).SelectMany(asker => asker.Offer.Trainers).CountBy(version => version).ToDictionary();

    private Asker Known(Entry entry, TimeSpan now) => entry.Asker with { IsAlone = IsAlone(entry.Asker.Silo, now) };

    private sealed record Entry(Asker Asker, TimeSpan At, TimeSpan? IdleSince);
}
