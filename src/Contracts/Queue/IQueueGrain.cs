using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Contracts.Queue;

/// <summary>The packs of one pool that wait, and the leases of those that run. Key: the pool, such as "cpu" or "gpu".</summary>
[Alias("IQueueGrain")]
public interface IQueueGrain : IGrainWithStringKey
{
    /// <summary>Adds packs of a sweep and sets how it is treated. A pack that waits already is not added again; one that is leased waits again after its lease.</summary>
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

    /// <summary>Leases the next pack to a worker.</summary>
    /// <param name="silo">The worker's silo, which is quarantined as a whole.</param>
    /// <param name="worker">The worker's name, for logs and attempts.</param>
    [Alias("Lease")]
    Task<LeaseAnswer> LeaseAsync(string silo, string worker);

    /// <summary>Prolongs a lease and says whether to go on.</summary>
    [Alias("Renew")]
    Task<LeaseDirective> RenewAsync(Guid lease);

    /// <summary>Ends a lease; one that is not held any more is ignored.</summary>
    [Alias("End")]
    Task EndAsync(Guid lease, LeaseEnd end);

    /// <summary>What the queue has of a sweep, by which the sweep finds what was lost between the two.</summary>
    [Alias("Holding")]
    Task<SweepHolding> HoldingAsync(SweepId sweep);

    /// <summary>The pool as operators see it.</summary>
    [Alias("QueueStatus")]
    Task<QueueStatus> StatusAsync();
}
