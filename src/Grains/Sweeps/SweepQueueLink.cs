using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>Connects a sweep with the queue of its pool: offers packs, and reconciles the two after one was lost.</summary>
internal sealed partial class SweepQueueLink(SweepId id, SweepCopy copy, SweepStore store, StoreFaults faults, QueueOptions options,
    IGrainFactory grains, TimeProvider time, ILogger<SweepGrain> logger)
{
    private static readonly TimeSpan ObstacleFor = TimeSpan.FromSeconds(2);

    private (string? Text, long? At) _obstacle;

    /// <summary>The pool in whose queue the sweep is.</summary>
    internal string Pool => options.PoolOf(copy.Sweep.Pool);

    private IQueueGrain Queue => grains.GetGrain<IQueueGrain>(Pool);

    private LeaseDirective WhilePaused => copy.Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain;

    /// <summary>Offers everything that is unfinished.</summary>
    internal async Task OfferAsync()
    {
        // The offer includes leases that a former pool still holds, so that nobody else gets their work before they end.
        await Queue.OfferAsync(QueueGrain.Share(copy.Sweep), await store.Leases.UnfinishedPacksAsync(id, copy.Plan));
    }

    /// <summary>Sends the sweep's share to the queue, without its packs.</summary>
    internal Task ShareAsync() => Queue.OfferAsync(QueueGrain.Share(copy.Sweep), []);

    /// <summary>Tells the leases of a running sweep to continue.</summary>
    internal Task ContinueAsync() => Queue.ConfigureAsync(QueueGrain.Share(copy.Sweep), LeaseDirective.Continue);

    /// <summary>Tells the leases of a paused sweep to drain or stop, depending on how it was paused.</summary>
    internal Task PauseAsync() => Queue.ConfigureAsync(QueueGrain.Share(copy.Sweep), WhilePaused);

    /// <summary>Withdraws the sweep from its queue.</summary>
    internal Task WithdrawAsync() => WithdrawFromAsync(Pool);

    /// <summary>Changes the sweep's share, and withdraws it from its old queue if the pool changes.</summary>
    /// <returns>Whether the pool changed.</returns>
    internal async Task<bool> ChangeAsync(ShareChange change)
    {
        var old = Pool;
        await copy.SetShareAsync(change);
        // Its leases are told to stop. When they have ended, the old queue reports it, and their work waits in the new queue.
        if (Pool != old) await WithdrawFromAsync(old);
        return Pool != old;
    }

    private Task WithdrawFromAsync(string pool) => grains.GetGrain<IQueueGrain>(pool).WithdrawAsync(id);

    /// <summary>Tells the queue that a lease unknown to it has ended.</summary>
    internal Task EndAsync(PackNumber pack, LeaseId lease) =>
        Queue.EndAsync(lease, new LeaseEnd(Requeue: true, 0, []) { Sweep = id, Pack = pack });

    /// <summary>
    /// Repairs losses between the store, this grain and the queue by comparing what waits and what is leased: packs that the queue has
    /// lost are offered again, and leases that it does not know are ended.
    /// </summary>
    /// <param name="end">Ends a lease and returns what waits of its pack.</param>
    internal async Task ReconcileAsync(Func<PackNumber, LeaseId, Task<PackOffer?>> end)
    {
        // The store is read first, then the queue: what is in both stays.
        var open = await store.Leases.OpenLeasesAsync(id);
        var waiting = await store.Leases.WaitingPacksAsync(id);
        if (await HoldingAsync() is not { } holding) return;
        foreach (var (pack, lease) in open.Where(job => !holding.Leases.Contains(job.Lease)))
            if (await end(pack, lease) is not null) waiting.Add(pack);
        // A queue that has moved to an older silo tells the leases of a paused sweep only to drain.
        if (copy.Sweep.State == SweepState.Paused) await PauseAsync();
        if (copy.Sweep.State != SweepState.Running) return;
        var known = holding.WaitingPacks is { } packs ? packs.ToHashSet() : [];
        // The work of a lease still waits in the store until its worker begins it.
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
    /// Explains why the sweep makes no progress although it should: its store refuses reports, or the queue has no worker for it. The
    /// queue's answer is cached for a short time, since many may watch.
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
        // The status is returned without it: the queue is moving, its store is unavailable, or its silo's version does not know this
        // call.
        catch (Exception e)
        {
            LogNoObstacle(Pool, id, ReasonText.Of(e));
        }
        _obstacle = (text, time.GetTimestamp());
        return text;
    }

    /// <summary>Returns what the queue has of the sweep; null if it does not answer now.</summary>
    private async Task<SweepHolding?> HoldingAsync()
    {
        try
        {
            return await Queue.HoldingAsync(id);
        }
        // The queue is moving or loading. The two are compared again in a minute.
        catch (Exception e) when (e is AdaptClusterException { IsTransient: true } or TimeoutException or OrleansException)
        {
            LogNotCompared(id, Pool, ReasonText.Of(e));
            return null;
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Could not ask the queue of pool '{Pool}' what {Sweep} waits for ({Reason}); the status is returned without it")]
    private partial void LogNoObstacle(string pool, SweepId sweep, string reason);

    [LoggerMessage(
        LogLevel.Warning, "Could not compare {Sweep} with the queue of pool '{Pool}' ({Reason}); retrying in a minute")]
    private partial void LogNotCompared(SweepId sweep, string pool, string reason);

    [LoggerMessage(LogLevel.Warning, "The queue of pool '{Pool}' had lost {Packs} waiting packs of {Sweep}; they are offered to it again")]
    private partial void LogForgotten(string pool, int packs, SweepId sweep);
}
