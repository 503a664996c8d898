using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Connects a sweep to the queue of its pool. Offers packs, and reconciles the sweep and the queue after either was lost.
/// </summary>
internal sealed partial class SweepQueueLink(SweepId id, SweepCopy copy, SweepStore store, StoreFaults faults, QueueOptions options,
    IGrainFactory grains, TimeProvider time, ILogger<SweepGrain> logger)
{
    private static readonly TimeSpan ObstacleFor = TimeSpan.FromSeconds(2);

    private (string? Text, long? At) _obstacle;

    /// <summary>The sweep's pool, which determines its queue.</summary>
    internal string Pool => options.PoolOf(copy.Sweep.Pool);

    private IQueueGrain Queue => grains.GetGrain<IQueueGrain>(Pool);

    private LeaseDirective WhilePaused => copy.Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain;

    /// <summary>Offers all unfinished packs to the queue.</summary>
    internal async Task OfferAsync()
    {
        // The offer includes leases that the queue of a former pool still holds, so that their work is not leased again before they end.
        await Queue.OfferAsync(QueueGrain.Share(copy.Sweep), await store.Leases.UnfinishedPacksAsync(id, copy.Plan));
    }

    /// <summary>Sends the sweep's share to the queue, without its packs.</summary>
    internal Task ShareAsync() => Queue.OfferAsync(QueueGrain.Share(copy.Sweep), []);

    /// <summary>Directs the leases of a running sweep to continue.</summary>
    internal Task ContinueAsync() => Queue.ConfigureAsync(QueueGrain.Share(copy.Sweep), LeaseDirective.Continue);

    /// <summary>Directs the leases of a paused sweep to drain or stop, depending on how the sweep was paused.</summary>
    internal Task PauseAsync() => Queue.ConfigureAsync(QueueGrain.Share(copy.Sweep), WhilePaused);

    /// <summary>Withdraws the sweep from its queue.</summary>
    internal Task WithdrawAsync() => WithdrawFromAsync(Pool);

    /// <summary>Changes the sweep's share, and withdraws it from its old queue if the pool changes.</summary>
    /// <returns>Whether the pool changed.</returns>
    internal async Task<bool> ChangeAsync(ShareChange change)
    {
        var old = Pool;
        await copy.SetShareAsync(change);
        // The sweep's leases are directed to stop. After they have ended, the old queue reports this, and their work waits in the new
        // queue.
        if (Pool != old) await WithdrawFromAsync(old);
        return Pool != old;
    }

    private Task WithdrawFromAsync(string pool) => grains.GetGrain<IQueueGrain>(pool).WithdrawAsync(id);

    /// <summary>Reports the end of a lease to a queue that does not have the lease.</summary>
    internal Task EndAsync(PackNumber pack, LeaseId lease) =>
        Queue.EndAsync(lease, new LeaseEnd(Requeue: true, 0, []) { Sweep = id, Pack = pack });

    /// <summary>
    /// Compares the waiting packs and the leases in the store with those in the queue. Packs that the queue has lost are offered again, and
    /// leases that the queue does not have are ended.
    /// </summary>
    /// <param name="end">The function that ends a lease and returns its pack's waiting work; null if there is none.</param>
    internal async Task ReconcileAsync(Func<PackNumber, LeaseId, Task<PackOffer?>> end)
    {
        // The store is read before the queue, so a lease that begins in between is not mistaken for a lost one.
        var open = await store.Leases.OpenLeasesAsync(id);
        var waiting = await store.Leases.WaitingPacksAsync(id);
        if (await HoldingAsync() is not { } holding) return;
        foreach (var (pack, lease) in open.Where(job => !holding.Leases.Contains(job.Lease)))
            if (await end(pack, lease) is not null) waiting.Add(pack);
        // A queue that has moved to an older silo directs the leases of a paused sweep only to drain.
        if (copy.Sweep.State == SweepState.Paused) await PauseAsync();
        if (copy.Sweep.State != SweepState.Running) return;
        var known = holding.WaitingPacks is { } packs ? packs.ToHashSet() : [];
        // In the store, the work of a lease still waits until its worker begins it.
        var begun = open.Select(job => job.Lease).ToHashSet();
        if (holding.LeasePacks is { } leased) known.UnionWith(leased.Where((_, i) => !begun.Contains(holding.Leases[i])));
        var forgotten = waiting.Where(pack => !known.Contains(pack)).ToHashSet();
        if (forgotten.Count == 0) return;
        var offers = (await store.Leases.UnfinishedPacksAsync(id, copy.Plan))
            .Where(offer => offer.Lease is null && forgotten.Contains(offer.Pack)).ToArray();
        LogForgotten(Pool, offers.Length, id);
        await Queue.OfferAsync(QueueGrain.Share(copy.Sweep), offers);
    }

    /// <summary>
    /// Returns the reason why the sweep makes no progress although it should; null if there is no such reason. Either the store refuses
    /// reports, or the queue has no worker for the sweep. The queue's response is cached briefly, because many clients may watch a sweep.
    /// </summary>
    internal async Task<string?> ObstacleAsync()
    {
        if (copy.Sweep.State.IsOpen && faults.OutageText is { } outage) return outage;
        if (copy.Sweep.State != SweepState.Running || copy.Progress.Count(JobState.Running) > 0 || copy.Progress.Open == 0) return null;
        if (_obstacle.At is { } at && time.GetElapsedTime(at) < ObstacleFor) return _obstacle.Text;
        _obstacle = (_obstacle.Text, time.GetTimestamp());
        string? text = null;
        try
        {
            text = await Queue.ObstacleAsync(id).WaitAsync(ObstacleFor, time);
        }
        // The status is returned without the obstacle: the queue is moving, its store is unavailable, or its silo runs a version without
        // this call.
        catch (Exception e)
        {
            LogNoObstacle(Pool, id, ReasonText.Of(e));
        }
        _obstacle = (text, time.GetTimestamp());
        return text;
    }

    /// <summary>Returns the sweep's packs and leases in the queue; null if the queue does not respond.</summary>
    private async Task<SweepHolding?> HoldingAsync()
    {
        try
        {
            return await Queue.HoldingAsync(id);
        }
        // The queue is moving or loading. The comparison is repeated in a minute.
        catch (Exception e) when (e is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException)
        {
            LogNotCompared(id, Pool, ReasonText.Of(e));
            return null;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Could not ask the queue of pool '{Pool}' why {Sweep} waits ({Reason}); its status is returned without the reason")]
    private partial void LogNoObstacle(string pool, SweepId sweep, string reason);

    [LoggerMessage(
        LogLevel.Warning, "Could not compare {Sweep} with the queue of pool '{Pool}' ({Reason}); retrying in a minute")]
    private partial void LogNotCompared(SweepId sweep, string pool, string reason);

    [LoggerMessage(LogLevel.Warning, "The queue of pool '{Pool}' had lost {Packs} waiting packs of {Sweep}; offering them again")]
    private partial void LogForgotten(string pool, int packs, SweepId sweep);
}
