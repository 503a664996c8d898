namespace AdaptCluster.Grains.Queue;

/// <summary>The workers that the queue has recently heard from: which are free, and what they can run.</summary>
internal sealed class WorkerBook
{
    /// <summary>How long a worker counts as free after it asked: a free one asks at least every two seconds.</summary>
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(5);

    /// <summary>How long a worker counts as present after it was last heard from: a quarantined one asks twice a minute.</summary>
    private static readonly TimeSpan GoneAfter = TimeSpan.FromSeconds(90);

    private readonly Dictionary<string, Seen> _seen = [];
    private readonly Dictionary<string, TimeSpan> _silos = [];
    private TimeSpan _swept;

    /// <summary>Records that a worker asks for work.</summary>
    public void Asks(Asker asker, TimeSpan now)
    {
        if (now - _swept > GoneAfter)
        {
            foreach (var (worker, seen) in _seen.ToList())
                if (now - seen.At > GoneAfter) _seen.Remove(worker);
            foreach (var (silo, at) in _silos.ToList())
                if (now - at > GoneAfter) _silos.Remove(silo);
            _swept = now;
        }
        var since = _seen.TryGetValue(asker.Worker, out var known) && known.IdleSince is { } idle && now - known.At <= IdleFor ? idle : now;
        _seen[asker.Worker] = new Seen(asker, now, since);
        _silos[asker.Silo] = now;
    }

    /// <summary>Whether no other silo has been heard from recently.</summary>
    public bool IsAlone(string silo, TimeSpan now) => !_silos.Any(other => other.Key != silo && now - other.Value <= GoneAfter);

    /// <summary>Records that a worker got work.</summary>
    public void Works(string worker)
    {
        if (_seen.TryGetValue(worker, out var seen)) _seen[worker] = seen with { IdleSince = null };
    }

    /// <summary>Records that a worker renews its lease.</summary>
    public void IsSeen(string worker, TimeSpan now)
    {
        if (!_seen.TryGetValue(worker, out var seen)) return;
        _seen[worker] = seen with { At = now };
        _silos[seen.Asker.Silo] = now;
    }

    /// <summary>Records that a worker handed its lease back and will soon ask for the next one.</summary>
    public void Frees(string worker, TimeSpan now)
    {
        if (_seen.TryGetValue(worker, out var seen)) _seen[worker] = seen with { At = now, IdleSince = now };
    }

    /// <summary>Returns the free workers, including the one that asks now.</summary>
    public IReadOnlyList<Asker> Idle(TimeSpan now) =>
        [.. _seen.Values.Where(seen => seen.IdleSince is not null && now - seen.At <= IdleFor).Select(seen => Known(seen, now))];

    /// <summary>Returns the workers that have asked for some seconds and got nothing.</summary>
    public IReadOnlyList<Asker> IdleForSeconds(TimeSpan now) =>
        [.. _seen.Values.Where(seen => now - seen.IdleSince > IdleFor && now - seen.At <= IdleFor).Select(seen => Known(seen, now))];

    /// <summary>Returns the workers that are present.</summary>
    public IReadOnlyList<Asker> Present(TimeSpan now) =>
        [.. _seen.Values.Where(seen => now - seen.At <= GoneAfter).Select(seen => seen.Asker)];

    /// <summary>Returns how many present workers run each trainer version.</summary>
    public Dictionary<int, int> ByTrainer(TimeSpan now) =>
        Present(now).SelectMany(asker => asker.Offer.Trainers).CountBy(version => version).ToDictionary();

    private Asker Known(Seen seen, TimeSpan now) => seen.Asker with { IsAlone = IsAlone(seen.Asker.Silo, now) };

    private sealed record Seen(Asker Asker, TimeSpan At, TimeSpan? IdleSince);
}
