using Orleans.Concurrency;

namespace AdaptCluster.Contracts.Queue;

/// <summary>The packs of one pool that wait, and the leases of those that run. Key: the pool, such as "cpu" or "gpu".</summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Adds packs. A pack that waits or is leased already is not added again.</summary>
    [Alias("Offer"), AlwaysInterleave]
    Task OfferAsync(PackOffer[] packs);

    /// <summary>Leases the next pack to a worker, or null when none waits.</summary>
    /// <param name="worker">The worker's name, for logs and attempts.</param>
    [Alias("Lease")]
    Task<Lease?> LeaseAsync(string worker);

    /// <summary>Prolongs a lease.</summary>
    /// <returns>False when the lease is no longer held: the worker stops and reports nothing more.</returns>
    [Alias("Renew")]
    Task<bool> RenewAsync(Guid lease);

    /// <summary>Ends a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="requeue">Whether the pack still has work and waits again.</param>
    [Alias("End")]
    Task EndAsync(Guid lease, bool requeue);

    /// <summary>Removes a sweep's waiting packs and ends its leases.</summary>
    [Alias("Withdraw"), AlwaysInterleave]
    Task WithdrawAsync(Sweeps.SweepId sweep);
}
