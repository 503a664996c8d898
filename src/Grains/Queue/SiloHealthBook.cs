using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Which silos are quarantined. One that fails several different jobs in a row, with no success between, is likely broken itself; the jobs
/// go to others, and after a time it gets one more try. A job that fails everywhere counts once on each silo and quarantines none.
/// </summary>
internal sealed class SiloHealthBook(int failuresInARow, TimeSpan quarantine)
{
    private readonly Dictionary<string, Record> _silos = [];

    /// <summary>Until when a silo gets nothing; null when it may work.</summary>
    public DateTimeOffset? QuarantinedUntil(string silo, DateTimeOffset now) =>
        _silos.TryGetValue(silo, out var record) && record.Until > now ? record.Until : null;

    /// <summary>Silos that get nothing now.</summary>
    public Dictionary<string, DateTimeOffset> Quarantined(DateTimeOffset now) => _silos.Where(silo => silo.Value.Until > now).ToDictionary(silo => silo.Key, silo => silo.Value.Until);

    /// <summary>Notes how a lease went.</summary>
    /// <returns>Until when the silo is quarantined, if this lease was one too many.</returns>
    public DateTimeOffset? Note(string silo, int completed, IEnumerable<JobId> failed, DateTimeOffset now)
    {
        if (!_silos.TryGetValue(silo, out var record)) _silos.Add(silo, record = new Record());
        if (completed > 0)
        {
            record.Failed.Clear();
            record.Times = 0;
        }
        record.Failed.UnionWith(failed);
        // A silo on probation is judged by its first job.
        if (record.Failed.Count < (record.Times > 0 ? 1 : failuresInARow)) return null;
        record.Until = now + quarantine * Math.Pow(2, Math.Min(record.Times++, 5));
        record.Failed.Clear();
        return record.Until;
    }

    private sealed class Record
    {
        public HashSet<JobId> Failed { get; } = [];
        public DateTimeOffset Until { get; set; }
        public int Times { get; set; }
    }
}
