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
internal sealed class HeldLease(Guid id, SweepPacks sweep, KnownPack pack, string silo, string worker, int parts)
{
    public Guid Id { get; } = id;
    public SweepPacks Sweep { get; } = sweep;
    public KnownPack Pack { get; } = pack;

    /// <summary>The worker's silo; empty for a lease that was found in the store.</summary>
    public string Silo { get; } = silo;

    public string Worker { get; } = worker;

    /// <summary>Parts of the pack that it covers; 0 for a lease that was found in the store.</summary>
    public int Parts { get; } = parts;

    public TimeSpan RenewedAt { get; set; }
    public long? Progress { get; set; }
    public TimeSpan MovedAt { get; set; }
    public LeaseDirective Directive { get; set; }
    public TimeSpan DirectedAt { get; set; }
}

/// <summary>The last ids of some number.</summary>
internal sealed class RecentIds(int most)
{
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<Guid> _order = new();

    public bool Contains(Guid id) => _ids.Contains(id);

    public void Add(Guid id)
    {
        if (!_ids.Add(id)) return;
        _order.Enqueue(id);
        if (_order.Count > most) _ids.Remove(_order.Dequeue());
    }
}
