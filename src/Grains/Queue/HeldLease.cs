using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>The time limits of leases.</summary>
/// <param name="Duration">How long a lease lasts without renewal.</param>
/// <param name="Stall">How long a lease lasts without progress.</param>
/// <param name="Stop">How long a lease lasts after its worker was told to stop.</param>
internal sealed record LeaseTimes(TimeSpan Duration, TimeSpan Stall, TimeSpan Stop);

/// <summary>Why a lease is taken back.</summary>
internal enum LeaseLoss
{
    /// <summary>Its worker has not renewed it, because it is dead or cut off.</summary>
    Silent,

    /// <summary>Its worker renews it but makes no progress.</summary>
    Stalled,

    /// <summary>Its worker was told to stop but did not.</summary>
    Unstoppable,
}

/// <summary>A lease that a worker holds, or whose end the sweep has yet to confirm.</summary>
internal sealed class HeldLease(
    LeaseId id, SweepPacks sweep, KnownPack pack, string silo, string worker, int parts, long iterations, TimeSpan now)
{
    public LeaseId Id { get; } = id;
    public SweepPacks Sweep { get; } = sweep;
    public KnownPack Pack { get; } = pack;

    /// <summary>The worker's silo; empty for a lease that was read from the store.</summary>
    public string Silo { get; } = silo;

    public string Worker { get; } = worker;

    /// <summary>The number of the pack's parts that it covers; 0 for a lease that was read from the store.</summary>
    public int Parts { get; } = parts;

    /// <summary>The training iterations that it covered when it was granted.</summary>
    public long Iterations { get; } = iterations;

    /// <summary>When it was granted, or read from the store.</summary>
    public TimeSpan GrantedAt { get; } = now;

    /// <summary>What is unfinished, according to the sweep's last answer; null before the first one.</summary>
    public LeaseRemainder? Rest { get; set; }

    /// <summary>When the sweep was last asked what is unfinished.</summary>
    public TimeSpan AskedAt { get; set; } = now;

    /// <summary>Whether its worker reported that none of its jobs ran.</summary>
    public bool Unbegun { get; set; }

    /// <summary>Whether more than one part is unfinished and its worker has not been told to drain or stop.</summary>
    public bool IsDivisible => Rest is { Parts: > 1 } && Directive == LeaseDirective.Continue;

    /// <summary>Whether its worker was told to stop only so that the rest can be divided.</summary>
    public bool IsDivided { get; set; }

    public TimeSpan RenewedAt { get; set; } = now;
    public long? Progress { get; set; }
    public TimeSpan MovedAt { get; set; } = now;
    public LeaseDirective Directive { get; set; }
    public TimeSpan DirectedAt { get; set; }
}

/// <summary>The unfinished rest of a lease.</summary>
/// <param name="Parts">The number of parts with unfinished work.</param>
/// <param name="Iterations">Their training iterations.</param>
/// <param name="At">When the sweep answered.</param>
internal sealed record LeaseRemainder(int Parts, long Iterations, TimeSpan At);

/// <summary>The most recent ids, up to a fixed number.</summary>
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
