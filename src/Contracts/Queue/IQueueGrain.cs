using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// The queue of one pool: its waiting packs, and the leases of its running packs. Key: the pool's name, such as "cpu" or "gpu".
/// </summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds packs of a sweep and sets how the queue treats it. A pack that already waits is not added again; a pack that is leased is
    /// queued again after its lease ends.
    /// </summary>
    [Alias("Offer")]
    Task OfferAsync(SweepShare share, PackOffer[] packs);

    /// <summary>Changes how the queue treats a sweep.</summary>
    /// <param name="share">The new treatment.</param>
    /// <param name="running">What its current leases are told at their next renewal.</param>
    [Alias("Configure")]
    Task ConfigureAsync(SweepShare share, LeaseDirective running);

    /// <summary>Removes a sweep's waiting packs and tells its leases to stop.</summary>
    [Alias("Withdraw")]
    Task WithdrawAsync(SweepId sweep);

    /// <summary>
    /// Leases the next pack to a worker. Idempotent: a repeated call with the same <paramref name="lease"/> returns the same lease.
    /// </summary>
    /// <param name="silo">The worker's silo; quarantine applies to whole silos.</param>
    /// <param name="worker">The worker's name, for logs and attempts.</param>
    /// <param name="lease">The id of the new lease. The worker chooses a new one each time it is free. Empty from older workers.</param>
    /// <param name="offer">What the worker can run; null from older workers.</param>
    [Alias("Lease")]
    Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease = default, WorkerOffer? offer = null);

    /// <summary>Renews a lease and returns whether the worker should continue.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="progress">A counter that increases while the worker makes progress. A lease whose counter stops is taken back. Null
    /// from older workers, to which this check does not apply.</param>
    [Alias("Renew")]
    Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress = null);

    /// <summary>
    /// Ends a lease. Idempotent. For a lease that is no longer held, the queue looks up again which of the sweep's packs wait.
    /// </summary>
    [Alias("End")]
    Task EndAsync(LeaseId lease, LeaseEnd end);

    /// <summary>Returns what the queue has of a sweep, so that the sweep can detect what was lost between the two.</summary>
    [Alias("Holding")]
    Task<SweepHolding> HoldingAsync(SweepId sweep);

    /// <summary>
    /// Returns why no pack of a sweep can be leased and what to do about it; null while workers run its packs, or could run them when they
    /// are free.
    /// </summary>
    [Alias("Obstacle")]
    Task<string?> ObstacleAsync(SweepId sweep);

    /// <summary>Returns the state of the pool, for operators.</summary>
    [Alias("QueueStatus")]
    Task<QueueStatus> StatusAsync();
}
