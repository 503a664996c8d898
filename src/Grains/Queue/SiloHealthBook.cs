using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Tracks which silos are quarantined. A silo on which several different jobs fail in a row, without a success between, is probably
/// broken itself. Its jobs go to other silos, and after a time it gets one more try. A job that fails everywhere counts once per silo and
/// so quarantines none. Times are on the queue's monotonic clock.
/// </summary>
internal sealed class SiloHealthBook(int failuresInARow, TimeSpan quarantine)
{
    /// <summary>How long a silo without failures is remembered: pods get new names.</summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(12);

    private readonly Dictionary<string, History> _silos = [];

    /// <summary>Returns how long a silo remains quarantined; null if it may work.</summary>
    public TimeSpan? QuarantinedFor(string silo, TimeSpan now) =>
        _silos.TryGetValue(silo, out var record) && record.Until > now ? record.Until - now : null;

    /// <summary>Returns the quarantined silos and their remaining times.</summary>
    public Dictionary<string, TimeSpan> Quarantined(TimeSpan now) =>
        _silos.Where(silo => silo.Value.Until > now).ToDictionary(silo => silo.Key, silo => silo.Value.Until - now);

    /// <summary>Records how a lease ended.</summary>
    /// <returns>How long the silo is quarantined because of this lease; null if it is not.</returns>
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

    /// <summary>Returns how often in a row a silo was quarantined. Each further quarantine lasts longer.</summary>
    public int Times(string silo) => _silos.GetValueOrDefault(silo)?.Times ?? 0;

    /// <summary>Restores a quarantine from an earlier activation of the queue.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="times">How often in a row it was quarantined.</param>
    /// <param name="until">When the quarantine ends.</param>
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
