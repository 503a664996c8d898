using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Which silos are quarantined. One that fails several different jobs in a row, with no success between, is likely broken itself; the jobs
/// go to others, and after a time it gets one more try. A job that fails everywhere counts once on each silo and quarantines none.
/// Times are on the queue's monotonic clock.
/// </summary>
internal sealed class SiloHealthBook(int failuresInARow, TimeSpan quarantine)
{
    /// <summary>A silo that had no failure for so long is forgotten: pods get new names.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(12);

    private readonly Dictionary<string, History> _silos = [];

    /// <summary>How long a silo still gets nothing; null when it may work.</summary>
    public TimeSpan? QuarantinedFor(string silo, TimeSpan now) =>
        _silos.TryGetValue(silo, out var record) && record.Until > now ? record.Until - now : null;

    /// <summary>Silos that get nothing now, and for how long.</summary>
    public Dictionary<string, TimeSpan> Quarantined(TimeSpan now) =>
        _silos.Where(silo => silo.Value.Until > now).ToDictionary(silo => silo.Key, silo => silo.Value.Until - now);

    /// <summary>Records how a lease went.</summary>
    /// <returns>How long the silo is quarantined, if this lease was one too many.</returns>
    public TimeSpan? Record(string silo, int completed, IReadOnlyCollection<JobId> failed, TimeSpan now)
    {
        if (completed > 0 && failed.Count == 0) _silos.Remove(silo);
        if (failed.Count == 0) return null;
        foreach (var (name, old) in _silos.ToList())
            if (now - old.At > ForgetAfter && old.Until <= now) _silos.Remove(name);
        if (!_silos.TryGetValue(silo, out var record) || completed > 0) _silos[silo] = record = new History();
        record.At = now;
        record.Failed.UnionWith(failed);
        // A silo on probation is judged by its first job.
        if (record.Failed.Count < (record.Times > 0 ? 1 : failuresInARow)) return null;
        record.Until = now + quarantine * Math.Pow(2, Math.Min(record.Times++, 5));
        record.Failed.Clear();
        return record.Until - now;
    }

    /// <summary>How often a silo was quarantined in a row; its next quarantine lasts the longer.</summary>
    public int Times(string silo) => _silos.GetValueOrDefault(silo)?.Times ?? 0;

    /// <summary>Restores a quarantine that an earlier life of the queue gave.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="times">How often it was quarantined in a row.</param>
    /// <param name="until">Until when.</param>
    /// <param name="now">The time.</param>
    public void Restore(string silo, int times, TimeSpan until, TimeSpan now) => _silos[silo] = new History
    {
        At = now,
        Until = until,
        Times = times,
    };

    private sealed class History
    {
        public HashSet<JobId> Failed { get; } = [];
        public TimeSpan Until { get; set; }
        public TimeSpan At { get; set; }
        public int Times { get; set; }
    }
}
