using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Calls the sweeps that a queue has leased packs of. It reports the end of each lease to the sweep, which returns the work that is left in
/// the pack. It also asks sweeps what work is left on their leases, which decides how leases are divided.
/// </summary>
internal sealed partial class LeaseEnds(string pool, SweepStore store, LeaseBook book, QueueLoading loading, IGrainFactory grains,
    Func<TimeSpan> now, ILogger<QueueGrain> logger)
{
    private readonly HashSet<LeaseId> _confirming = [];

    /// <summary>
    /// Tells the sweep that a lease has ended, which fences the worker, and records the remaining work that the sweep reports. A failure is
    /// retried at the next tick.
    /// </summary>
    internal async Task ConfirmAsync(HeldLease lease)
    {
        if (!_confirming.Add(lease.Id)) return;
        try
        {
            var sweep = grains.GetGrain<ISweepGrain>(lease.Sweep.Share.Sweep.Value);
            var left = await EndInSweepAsync(sweep, lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Id, lease.Unbegun);
            book.Confirm(lease.Id, left, now());
            if (left is not null && lease.Sweep.Withdrawn) await sweep.LeaseEndedInAsync(pool, lease.Pack.Number, lease.Id);
        }
        catch (Exception e)
        {
            LogUnconfirmed(lease.Sweep.Share.Sweep, lease.Worker, lease.Pack.Number.Value, ReasonText.Of(e));
        }
        finally
        {
            _confirming.Remove(lease.Id);
        }
    }

    /// <summary>
    /// Tells a sweep that a lease has ended. Falls back to version 0.1.0's call if the sweep's grain is on a silo of that version.
    /// </summary>
    /// <returns>The pack's waiting work; null if there is none.</returns>
    private async Task<PackOffer?> EndInSweepAsync(ISweepGrain grain, SweepId sweep, PackNumber pack, LeaseId lease, bool unbegun)
    {
        try
        {
            var left = await grain.LeaseEndedAsync(pack, lease, unbegun);
            book.SetBeginsParts(sweep);
            return left;
        }
        catch (Exception e) when (e is not (AdaptClusterException or TimeoutException))
        {
            LogOlderCall(sweep, pack.Value, ReasonText.Of(e));
            await grain.LeaseLostAsync(pack, lease);
            book.SetBeginsParts(sweep, begins: false);
            return await store.Sweeps.FindAsync(sweep) is { } stored && stored.Sweep.State.IsQueued
                ? Array.Find(await store.Leases.UnfinishedPacksAsync(sweep, stored.Plan), offer =>
                    offer.Lease is null && offer.Pack == pack)
                : null;
        }
    }

    /// <summary>Tells a sweep that a lease from an earlier activation of the queue has ended, and queues its pack's waiting work.</summary>
    internal async Task LookUpAsync(SweepId sweep, PackNumber pack, LeaseId lease, bool unbegun)
    {
        try
        {
            var grain = grains.GetGrain<ISweepGrain>(sweep.Value);
            var left = await EndInSweepAsync(grain, sweep, pack, lease, unbegun);
            // If the sweep is being loaded at this moment, the loaded data may be outdated.
            loading.Changes(sweep);
            // If the book has the lease, it was still open in the store when the store was read.
            if (book.End(lease) is not null) book.Confirm(lease, left, now());
            else if (left is null) return;
            else if (book.PacksOf(sweep) is { Withdrawn: false } packs) book.Offer(packs.Share, [left], now());
            else await grain.LeaseEndedInAsync(pool, pack, lease);
        }
        // Every minute, the sweep compares its waiting packs with those in the queue, and offers any pack that was missed here.
        catch (Exception e)
        {
            LogNotLookedUp(sweep, pack.Value, ReasonText.Of(e));
        }
    }

    /// <summary>Asks a sweep what work is left on the given leases, so that they can be divided.</summary>
    internal async Task AskAsync(SweepId sweep, LeaseId[] leases)
    {
        try
        {
            book.Refresh(await grains.GetGrain<ISweepGrain>(sweep.Value).RestsAsync(leases), now());
            book.SetBeginsParts(sweep);
        }
        // The leases of a sweep that does not respond, or whose silo runs an older version, are not divided. The sweep is queried later.
        catch (Exception e)
        {
            LogNotAsked(sweep, leases.Length, ReasonText.Of(e));
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Could not tell sweep {Sweep} that the lease of pack {Pack} by worker {Worker} has ended ({Reason}); retrying at the next tick")]
    private partial void LogUnconfirmed(SweepId sweep, string worker, int pack, string reason);

    [LoggerMessage(
        LogLevel.Warning,
        "Could not tell sweep {Sweep} that an earlier lease of pack {Pack} has ended ({Reason}); the sweep will notice within a minute")]
    private partial void LogNotLookedUp(SweepId sweep, int pack, string reason);

    [LoggerMessage(
        LogLevel.Debug,
        "Sweep {Sweep} does not support the current call that ends a lease of pack {Pack} ({Reason}); using the call of version 0.1.0")]
    private partial void LogOlderCall(SweepId sweep, int pack, string reason);

    [LoggerMessage(
        LogLevel.Debug, "Could not ask sweep {Sweep} for the unfinished work of {Leases} leases ({Reason}); asking again later")]
    private partial void LogNotAsked(SweepId sweep, int leases, string reason);
}
