using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>What the queues that live on this silo show. A gauge is there as long as its queue is.</summary>
internal sealed class QueueInstruments
{
    private readonly ConcurrentDictionary<string, QueueLevels> _pools = new();
    private readonly Counter<long> _granted, _expired, _returned;

    public QueueInstruments(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(ClusterTelemetry.Name);
        _granted = meter.CreateCounter<long>("adaptcluster.leases.granted", "{lease}", "Leases given to workers.");
        _expired = meter.CreateCounter<long>("adaptcluster.leases.expired", "{lease}",
            "Leases that ran out because their worker was lost or stood still.");
        _returned = meter.CreateCounter<long>("adaptcluster.leases.returned", "{lease}",
            "Leases that their worker ended, with all jobs done or some handed back.");
        meter.CreateObservableGauge("adaptcluster.queue.depth", () => Each(queue => queue.Waiting), "{pack}",
            "Packs of jobs that wait for a worker.");
        meter.CreateObservableGauge("adaptcluster.queue.leasable", () => Each(queue => queue.Leasable), "{lease}",
            "Leases that more workers would get.");
        meter.CreateObservableGauge("adaptcluster.queue.leases", () => Each(queue => queue.Leased), "{lease}",
            "Packs of jobs that a worker has.");
        meter.CreateObservableGauge("adaptcluster.queue.oldest.age", () =>
            Each(queue => queue.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0), "s",
            "How long the pack that has waited longest has waited; 0 when none waits.");
        meter.CreateObservableGauge("adaptcluster.quarantined.silos", () => Each(queue => queue.Quarantined), "{silo}",
            "Silos that get no work because different jobs failed there in a row.");
    }

    /// <summary>
    /// A queue begins here: its counters are there before the first lease, so that their growth can be seen from the first one on.
    /// </summary>
    public void Begin(string pool)
    {
        foreach (var counter in (Counter<long>[])[_granted, _expired, _returned]) counter.Add(0, Label(pool));
    }

    /// <summary>Shows how full a queue is.</summary>
    public void Show(string pool, QueueLevels levels) => _pools[pool] = levels;

    /// <summary>A queue has gone from here.</summary>
    public void Forget(string pool) => _pools.TryRemove(pool, out _);

    /// <summary>Counts a lease that was given.</summary>
    public void Granted(string pool) => _granted.Add(1, Label(pool));

    /// <summary>Counts a lease that ran out.</summary>
    public void Expired(string pool) => _expired.Add(1, Label(pool));

    /// <summary>Counts a lease that was ended.</summary>
    public void Returned(string pool) => _returned.Add(1, Label(pool));

    private IEnumerable<Measurement<T>> Each<T>(Func<QueueLevels, T> level) where T : struct =>
        _pools.Select(pool => new Measurement<T>(level(pool.Value), Label(pool.Key)));

    private static KeyValuePair<string, object?> Label(string pool) => new(MetricLabels.Pool, pool);
}

/// <summary>How full a queue is.</summary>
/// <param name="Waiting">Packs that wait.</param>
/// <param name="Leasable">Leases that more workers would get.</param>
/// <param name="Leased">Packs that a worker has.</param>
/// <param name="Oldest">When the longest waiting pack was offered; null when none waits.</param>
/// <param name="Quarantined">Silos that get nothing.</param>
internal sealed record QueueLevels(int Waiting, int Leasable, int Leased, DateTimeOffset? Oldest, int Quarantined);
