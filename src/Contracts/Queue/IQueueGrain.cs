using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>The packs of one pool that wait, and the leases of those that run. Key: the pool, such as "cpu" or "gpu".</summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds packs of a sweep and sets how it is treated. A pack that waits already is not added again; one that is leased waits again after
    /// its lease.
    /// </summary>
    [Alias("Offer")]
    Task OfferAsync(SweepShare share, PackOffer[] packs);

    /// <summary>Changes how a sweep is treated.</summary>
    /// <param name="share">The new treatment.</param>
    /// <param name="running">What its present leases are told at their next renewal.</param>
    [Alias("Configure")]
    Task ConfigureAsync(SweepShare share, LeaseDirective running);

    /// <summary>Removes a sweep's waiting packs and tells its leases to stop.</summary>
    [Alias("Withdraw")]
    Task WithdrawAsync(SweepId sweep);

    /// <summary>Leases the next pack to a worker. May be repeated: the same <paramref name="lease"/> is granted once.</summary>
    /// <param name="silo">The worker's silo, which is quarantined as a whole.</param>
    /// <param name="worker">The worker's name, for logs and attempts.</param>
    /// <param name="lease">The number that the lease will have, chosen anew by the worker each time it is free; empty from older
    /// workers.</param>
    /// <param name="offer">What the worker can run; null from older workers.</param>
    [Alias("Lease")]
    Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease = default, WorkerOffer? offer = null);

    /// <summary>Prolongs a lease and says whether to go on.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="progress">A count that grows while the worker gets on: a lease whose count stands still is taken back. Null from older
    /// workers, which are not judged by it.</param>
    [Alias("Renew")]
    Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress = null);

    /// <summary>Ends a lease. May be repeated; for one that is not held any more, what its sweep has waiting is looked up again.</summary>
    [Alias("End")]
    Task EndAsync(LeaseId lease, LeaseEnd end);

    /// <summary>What the queue has of a sweep, by which the sweep finds what was lost between the two.</summary>
    [Alias("Holding")]
    Task<SweepHolding> HoldingAsync(SweepId sweep);

    /// <summary>
    /// Why nothing of a sweep can be leased, and what to do about it; null while workers take its packs, or would if they were free.
    /// </summary>
    [Alias("Obstacle")]
    Task<string?> ObstacleAsync(SweepId sweep);

    /// <summary>The pool as operators see it.</summary>
    [Alias("QueueStatus")]
    Task<QueueStatus> StatusAsync();
}
