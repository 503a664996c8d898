using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>Provides the metric instruments for the queues on this silo. A gauge exists as long as its queue is on this silo.</summary>
internal sealed class QueueInstruments
{
    private readonly ConcurrentDictionary<string, QueueLevels> _pools = new();
    private readonly Counter<long> _granted, _expired, _returned;

    public QueueInstruments(IMeterFactory meters, TimeProvider time)
    {
        var meter = meters.Create(ClusterTelemetry.Name);
        _granted = meter.CreateCounter<long>("adaptcluster.leases.granted", "{lease}", "Leases granted to workers.");
        _expired = meter.CreateCounter<long>("adaptcluster.leases.expired", "{lease}",
            "Leases that were taken back because their worker was lost or made no progress.");
        _returned = meter.CreateCounter<long>("adaptcluster.leases.returned", "{lease}",
            "Leases ended by their worker, with all jobs completed or some handed back.");
        meter.CreateObservableGauge("adaptcluster.queue.depth", () => Each(queue => queue.Waiting), "{pack}",
            "Packs of jobs that wait for a worker.");
        meter.CreateObservableGauge("adaptcluster.queue.leasable", () => Each(queue => queue.Leasable), "{lease}",
            "Additional leases that could be granted if there were more workers.");
        meter.CreateObservableGauge("adaptcluster.queue.leases", () => Each(queue => queue.Leased), "{lease}",
            "Leases that workers hold.");
        meter.CreateObservableGauge("adaptcluster.queue.oldest.age", () =>
            Each(queue => queue.Oldest is { } oldest ? Math.Max(0, (time.GetUtcNow() - oldest).TotalSeconds) : 0), "s",
            "Waiting time of the longest-waiting pack; 0 if no pack waits.");
        meter.CreateObservableGauge("adaptcluster.quarantined.silos", () => Each(queue => queue.Quarantined), "{silo}",
            "Silos that receive no work because several different jobs failed there in a row.");
    }

    /// <summary>Registers a queue. Its counters exist before the first lease, so that the first increment is visible.</summary>
    public void Begin(string pool)
    {
        foreach (var counter in (Counter<long>[])[_granted, _expired, _returned]) counter.Add(0, Label(pool));
    }

    /// <summary>Publishes a queue's levels.</summary>
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

/// <summary>A queue's levels.</summary>
/// <param name="Waiting">The number of waiting packs.</param>
/// <param name="Leasable">The number of additional leases that could be granted if there were more workers.</param>
/// <param name="Leased">The number of leases that workers hold.</param>
/// <param name="Oldest">The time at which the longest-waiting pack was offered; null if no pack is waiting.</param>
/// <param name="Quarantined">The number of quarantined silos.</param>
internal sealed record QueueLevels(int Waiting, int Leasable, int Leased, DateTimeOffset? Oldest, int Quarantined);
