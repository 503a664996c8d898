using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>The time limits for leases.</summary>
/// <param name="Duration">The time after which a lease that is not renewed is taken back.</param>
/// <param name="Stall">The time after which a lease without progress is taken back.</param>
/// <param name="Stop">The time after which a lease is taken back if its worker does not stop when told to.</param>
internal sealed record LeaseTimes(TimeSpan Duration, TimeSpan Stall, TimeSpan Stop);

/// <summary>The reason for taking back a lease.</summary>
internal enum LeaseLoss
{
    /// <summary>The worker has not renewed the lease, because the worker is dead or disconnected.</summary>
    Silent,

    /// <summary>The worker renews the lease but makes no progress.</summary>
    Stalled,

    /// <summary>The worker was told to stop but did not.</summary>
    Unstoppable,
}

/// <summary>A lease that a worker holds, or that has ended but is not yet confirmed by its sweep.</summary>
internal sealed class HeldLease(
    LeaseId id, SweepPacks sweep, KnownPack pack, string silo, string worker, int parts, long iterations, TimeSpan now)
{
    public LeaseId Id { get; } = id;
    public SweepPacks Sweep { get; } = sweep;
    public KnownPack Pack { get; } = pack;

    /// <summary>The worker's silo; empty if the lease was read from the store.</summary>
    public string Silo { get; } = silo;

    public string Worker { get; } = worker;

    /// <summary>The number of the pack's parts that the lease covers; 0 if the lease was read from the store.</summary>
    public int Parts { get; } = parts;

    /// <summary>The number of training iterations that the lease covered when it was granted.</summary>
    public long Iterations { get; } = iterations;

    /// <summary>The time at which the lease was granted or read from the store.</summary>
    public TimeSpan GrantedAt { get; } = now;

    /// <summary>The remaining work, according to the sweep's last response; null before the first response.</summary>
    public LeaseRemainder? Rest { get; set; }

    /// <summary>The time at which the sweep was last queried for the remaining work.</summary>
    public TimeSpan AskedAt { get; set; } = now;

    /// <summary>Whether the worker reported that none of the lease's jobs ran.</summary>
    public bool Unbegun { get; set; }

    /// <summary>Whether more than one part is unfinished and the worker has not been told to drain or stop.</summary>
    public bool IsDivisible => Rest is { Parts: > 1 } && Directive == LeaseDirective.Continue;

    /// <summary>Whether the worker was told to stop only so that the remaining work can be divided.</summary>
    public bool IsDivided { get; set; }

    public TimeSpan RenewedAt { get; set; } = now;
    public long? Progress { get; set; }
    public TimeSpan MovedAt { get; set; } = now;
    public LeaseDirective Directive { get; set; }
    public TimeSpan DirectedAt { get; set; }
}

/// <summary>The work left on a lease.</summary>
/// <param name="Parts">The number of parts with unfinished work.</param>
/// <param name="Iterations">The number of training iterations left.</param>
/// <param name="At">The time of the sweep's response.</param>
internal sealed record LeaseRemainder(int Parts, long Iterations, TimeSpan At);

/// <summary>A set that keeps only the most recently added lease ids, up to a fixed number.</summary>
internal sealed class RecentIds(int most)
{
    private readonly HashSet<LeaseId> _ids = [];
    private readonly Queue<LeaseId> _order = new();

    public bool Contains(LeaseId id) => _ids.Contains(id);

    public void Add(LeaseId id)
    {
        if (!_ids.Add(id)) return;
        _order.Enqueue(id);
        if (_order.Count > most) _ids.Remove(_order.Dequeue());
    }
}
