using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>Instruments of the queues on this silo. A gauge exists as long as its queue does.</summary>
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
    /// Registers a queue: its counters exist before the first lease, so that their growth is visible from the first one on.
    /// </summary>
    public void Begin(string pool)
    {
        foreach (var counter in (Counter<long>[])[_granted, _expired, _returned]) counter.Add(0, Label(pool));
    }

    /// <summary>Publishes the levels of a queue.</summary>
    public void Publish(string pool, QueueLevels levels) => _pools[pool] = levels;

    /// <summary>Removes a queue that is no longer on this silo.</summary>
    public void Remove(string pool) => _pools.TryRemove(pool, out _);

    /// <summary>Counts a lease that was granted.</summary>
    public void Granted(string pool) => _granted.Add(1, Label(pool));

    /// <summary>Counts a lease that was taken back.</summary>
    public void Expired(string pool) => _expired.Add(1, Label(pool));

    /// <summary>Counts a lease that its worker ended.</summary>
    public void Returned(string pool) => _returned.Add(1, Label(pool));

    private IEnumerable<Measurement<T>> Each<T>(Func<QueueLevels, T> level) where T : struct =>
        _pools.Select(pool => new Measurement<T>(level(pool.Value), Label(pool.Key)));

    private static KeyValuePair<string, object?> Label(string pool) => new(MetricLabels.Pool, pool);
}

/// <summary>The levels of a queue.</summary>
/// <param name="Waiting">The number of waiting packs.</param>
/// <param name="Leasable">The number of leases that more workers would get.</param>
/// <param name="Leased">The number of leases that workers hold.</param>
/// <param name="Oldest">When the pack that has waited longest was offered; null when none waits.</param>
/// <param name="Quarantined">The number of quarantined silos.</param>
internal sealed record QueueLevels(int Waiting, int Leasable, int Leased, DateTimeOffset? Oldest, int Quarantined);
