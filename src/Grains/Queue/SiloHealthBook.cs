using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Tracks which silos are quarantined. A silo is probably broken if several different jobs fail on it in a row without a success between
/// them. Its jobs go to other silos, and after the quarantine it is tried again with one job. A job that fails everywhere counts only once
/// per silo, so it does not cause a quarantine. Times are on the queue's monotonic clock.
/// </summary>
internal sealed class SiloHealthBook(int failuresInARow, TimeSpan quarantine)
{
    /// <summary>
    /// The time after which a silo without new failures is forgotten. Otherwise the book would grow without bound, because restarted pods
    /// get new names.
    /// </summary>
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromHours(12);

    private readonly Dictionary<string, History> _silos = [];

    /// <summary>Returns the remaining quarantine time of a silo; null if it is not quarantined.</summary>
    public TimeSpan? QuarantinedFor(string silo, TimeSpan now) =>
        _silos.TryGetValue(silo, out var record) && record.Until > now ? record.Until - now : null;

    /// <summary>Returns the quarantined silos with their remaining quarantine times.</summary>
    public Dictionary<string, TimeSpan> Quarantined(TimeSpan now) =>
        _silos.Where(silo => silo.Value.Until > now).ToDictionary(silo => silo.Key, silo => silo.Value.Until - now);

    /// <summary>Records the outcome of a lease.</summary>
    /// <returns>The duration of the quarantine that this outcome causes; null if it causes none.</returns>
    public TimeSpan? Record(string silo, int completed, IReadOnlyCollection<JobId> failed, TimeSpan now)
    {
        if (completed > 0 && failed.Count == 0) _silos.Remove(silo);
        if (failed.Count == 0) return null;
        foreach (var (name, old) in _silos.ToList())
            if (now - old.At > ForgetAfter && old.Until <= now) _silos.Remove(name);
        if (!_silos.TryGetValue(silo, out var record) || completed > 0) _silos[silo] = record = new History();
        record.At = now;
        record.Failed.UnionWith(failed);
        // After a quarantine, a single failed job is enough for the next one.
        if (record.Failed.Count < (record.Times > 0 ? 1 : failuresInARow)) return null;
        record.Until = now + quarantine * Math.Pow(2, Math.Min(record.Times++, 5));
        record.Failed.Clear();
        return record.Until - now;
    }

    /// <summary>Returns a silo's number of consecutive quarantines. Each additional quarantine lasts longer.</summary>
    public int Times(string silo) => _silos.GetValueOrDefault(silo)?.Times ?? 0;

    /// <summary>Restores a quarantine from an earlier activation of the queue.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="times">The number of consecutive quarantines.</param>
    /// <param name="until">The time at which the quarantine ends.</param>
    /// <param name="now">The current time.</param>
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
