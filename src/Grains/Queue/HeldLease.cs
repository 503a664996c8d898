using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>How long leases live.</summary>
/// <param name="Duration">Without renewal.</param>
/// <param name="Stall">Without progress.</param>
/// <param name="Stop">After their worker was told to stop.</param>
internal sealed record LeaseTimes(TimeSpan Duration, TimeSpan Stall, TimeSpan Stop);

/// <summary>Why a lease is taken back.</summary>
internal enum LeaseLoss
{
    /// <summary>Its worker has not renewed it: it is dead, or cut off.</summary>
    Silent,

    /// <summary>Its worker renews it, and gets nowhere.</summary>
    Stalled,

    /// <summary>Its worker was told to stop, and did not.</summary>
    Unstoppable,
}

/// <summary>A lease that a worker holds, or whose end the sweep has yet to confirm.</summary>
internal sealed class HeldLease(
    LeaseId id, SweepPacks sweep, KnownPack pack, string silo, string worker, int parts, long iterations, TimeSpan now)
{
    public LeaseId Id { get; } = id;
    public SweepPacks Sweep { get; } = sweep;
    public KnownPack Pack { get; } = pack;

    /// <summary>The worker's silo; empty for a lease that was found in the store.</summary>
    public string Silo { get; } = silo;

    public string Worker { get; } = worker;

    /// <summary>Parts of the pack that it covers; 0 for a lease that was found in the store.</summary>
    public int Parts { get; } = parts;

    /// <summary>Training iterations that it covered then.</summary>
    public long Iterations { get; } = iterations;

    /// <summary>When it was granted, or found in the store.</summary>
    public TimeSpan GrantedAt { get; } = now;

    /// <summary>What the sweep said last that is unfinished of it; null while it has said nothing.</summary>
    public LeaseRest? Rest { get; set; }

    /// <summary>When the sweep was asked last for that.</summary>
    public TimeSpan AskedAt { get; set; } = now;

    /// <summary>Whether its worker has said that no job of it has run.</summary>
    public bool Unbegun { get; set; }

    /// <summary>Whether more than one part of it is unfinished, and its worker goes on.</summary>
    public bool IsDivisible => Rest is { Parts: > 1 } && Directive == LeaseDirective.Continue;

    /// <summary>Whether its worker was told to stop for no other reason than that its rest is divided.</summary>
    public bool IsDivided { get; set; }

    public TimeSpan RenewedAt { get; set; } = now;
    public long? Progress { get; set; }
    public TimeSpan MovedAt { get; set; } = now;
    public LeaseDirective Directive { get; set; }
    public TimeSpan DirectedAt { get; set; }
}

/// <summary>What is unfinished of a lease.</summary>
/// <param name="Parts">Parts of which something is unfinished.</param>
/// <param name="Iterations">Their training iterations.</param>
/// <param name="At">When the sweep said so.</param>
internal sealed record LeaseRest(int Parts, long Iterations, TimeSpan At);

/// <summary>The last ids of some number.</summary>
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
