using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// The queue of one pool. It holds the pool's waiting packs and the leases of its running packs. The grain key is the pool's name, such as
/// "cpu" or "gpu".
/// </summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>
    /// Adds packs of a sweep and updates the sweep's queue settings. A pack that is already waiting is not added again; a leased pack is
    /// queued again after its lease ends.
    /// </summary>
    [Alias("Offer")]
    Task OfferAsync(SweepShare share, PackOffer[] packs);

    /// <summary>Changes the queue settings of a sweep.</summary>
    /// <param name="share">The new settings.</param>
    /// <param name="running">The directive that the sweep's current leases receive at their next renewal.</param>
    [Alias("Configure")]
    Task ConfigureAsync(SweepShare share, LeaseDirective running);

    /// <summary>Removes a sweep's waiting packs and stops its leases at their next renewal.</summary>
    [Alias("Withdraw")]
    Task WithdrawAsync(SweepId sweep);

    /// <summary>
    /// Leases the next pack to a worker. Idempotent: a repeated call with the same <paramref name="lease"/> returns the same lease.
    /// </summary>
    /// <param name="silo">The worker's silo. Quarantine applies to whole silos.</param>
    /// <param name="worker">The worker's name, recorded in logs and attempts.</param>
    /// <param name="lease">The id of the new lease. A worker generates a new id each time it becomes free. Older workers leave it
    /// empty.</param>
    /// <param name="offer">The worker's capabilities. Older workers send null.</param>
    [Alias("Lease")]
    Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease = default, WorkerOffer? offer = null);

    /// <summary>Renews a lease and returns whether the worker should continue.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="progress">A counter that increases while the worker makes progress. The queue takes back a lease whose counter stops
    /// increasing. Older workers send null, and their progress is not checked.</param>
    [Alias("Renew")]
    Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress = null);

    /// <summary>
    /// Ends a lease. Idempotent. If the queue no longer holds the lease, it requests the waiting part of the pack from the sweep.
    /// </summary>
    [Alias("End")]
    Task EndAsync(LeaseId lease, LeaseEnd end);

    /// <summary>
    /// Returns the sweep's packs and leases that the queue holds. The sweep compares them with its own state to find lost work.
    /// </summary>
    [Alias("Holding")]
    Task<SweepHolding> HoldingAsync(SweepId sweep);

    /// <summary>
    /// Returns the reason why none of a sweep's packs can be leased, and how to fix it. Returns null while workers are running the sweep's
    /// packs, or can run them when they become free.
    /// </summary>
    [Alias("Obstacle")]
    Task<string?> ObstacleAsync(SweepId sweep);

    /// <summary>Returns the state of the pool, for operators.</summary>
    [Alias("QueueStatus")]
    Task<QueueStatus> StatusAsync();
}
