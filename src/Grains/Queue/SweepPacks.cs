using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>A pack that waits or is leased.</summary>
internal sealed class KnownPack(int number, long iterations, DateTimeOffset offered)
{
    public int Number { get; } = number;
    public long Iterations { get; } = iterations;
    public DateTimeOffset Offered { get; } = offered;
    public Guid? Lease { get; set; }

    /// <summary>Offered while it was leased: jobs came back to it that its holder does not know of, so it waits again after that lease.</summary>
    public bool OfferedAgain { get; set; }
}

/// <summary>The packs of one sweep in the queue.</summary>
internal sealed class SweepPacks(SweepShare share)
{
    private readonly PriorityQueue<KnownPack, (long, int)> _ready = new();
    private readonly PriorityQueue<KnownPack, DateTimeOffset> _heldBack = new();

    public SweepShare Share { get; set; } = share;
    public Dictionary<int, KnownPack> Known { get; } = [];
    public int Leased { get; set; }
    public bool Withdrawn { get; private set; }

    /// <summary>Packs that workers would get if there were enough of them; those that wait for their next try count, since their time is near.</summary>
    public int Leasable => Share switch
    {
        { Paused: true } => 0,
        { Parallel: > 0 } => Math.Clamp(Share.Parallel - Leased, 0, Known.Count - Leased),
        _ => Known.Count - Leased,
    };

    /// <summary>Adds a pack to those that wait.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="notBefore">It is not leased before.</param>
    public void Enqueue(KnownPack pack, DateTimeOffset notBefore = default)
    {
        Withdrawn = false;
        if (notBefore == default) _ready.Enqueue(pack, (-pack.Iterations, pack.Number));
        else _heldBack.Enqueue(pack, notBefore);
    }

    /// <summary>Whether a pack may be leased now.</summary>
    public bool MayLease(DateTimeOffset now)
    {
        if (Share.Paused || (Share.Parallel > 0 && Leased >= Share.Parallel)) return false;
        while (_heldBack.TryPeek(out var pack, out var from) && from <= now)
        {
            _heldBack.Dequeue();
            _ready.Enqueue(pack, (-pack.Iterations, pack.Number));
        }
        return _ready.Count > 0;
    }

    /// <summary>The order between two sweeps that may both lease.</summary>
    public bool GoesBefore(SweepPacks other) =>
        (-Share.Priority, Leased, Share.Order).CompareTo((-other.Share.Priority, other.Leased, other.Share.Order)) < 0;

    /// <summary>Takes the longest pack; <see cref="MayLease"/> was true.</summary>
    public KnownPack Dequeue(DateTimeOffset now) => MayLease(now) ? _ready.Dequeue() : throw new InvalidOperationException("No pack may be leased.");

    /// <summary>Forgets the packs that wait.</summary>
    public void Withdraw()
    {
        Withdrawn = true;
        _ready.Clear();
        _heldBack.Clear();
        foreach (var waiting in Known.Values.Where(pack => pack.Lease is null).ToList()) Known.Remove(waiting.Number);
    }
}
