using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>A pack of which something waits or is leased. Times are on the queue's monotonic clock.</summary>
internal sealed class KnownPack(int number, TimeSpan offered)
{
    private Dictionary<string, (TimeSpan Until, string Reason)>? _avoided;

    public int Number { get; } = number;
    public TimeSpan Offered { get; set; } = offered;

    /// <summary>Training iterations of what waits.</summary>
    public long Iterations { get; set; }

    /// <summary>Parts that wait, into which a lease can divide it; 0 when nothing waits.</summary>
    public int Parts { get; set; }

    public Precision Precision { get; set; }

    /// <summary>Leases that hold some of it, and those whose end the sweep has not confirmed.</summary>
    public HashSet<Guid> Leases { get; } = [];

    /// <summary>It is not leased before. Changed only while it stands in no order, that is through <see cref="SweepPacks.HoldBack"/>.</summary>
    public TimeSpan NotBefore { get; set; }

    /// <summary>Times in a row that it came back with an error; by it the pause before the next try grows.</summary>
    public int Setbacks { get; set; }

    /// <summary>Why it could not be begun the last time; null since it was.</summary>
    public string? BeginFault { get; set; }

    /// <summary>What the pack waits for is worth: what a worker that takes one part takes on.</summary>
    public double WorkPerPart => (double)Math.Max(1, Iterations) / Math.Max(1, Parts);

    /// <summary>A silo shall not get it for a time.</summary>
    public void Avoid(string silo, TimeSpan until, string reason) => (_avoided ??= [])[silo] = (until, reason);

    /// <summary>Where its jobs failed last: others go before that silo for a time, if there are any.</summary>
    public (string Silo, TimeSpan Until) FailedOn { get; set; } = ("", TimeSpan.MinValue);

    /// <summary>Why a silo shall not get it now; null when it may.</summary>
    public string? AvoidedBy(string silo, TimeSpan now) => _avoided?.TryGetValue(silo, out var avoided) == true && avoided.Until > now ? avoided.Reason : null;
}

/// <summary>Who asks for work.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="Worker">Its name.</param>
/// <param name="Offer">What it can run.</param>
/// <param name="IsAlone">Whether no other silo asks for work.</param>
internal sealed record Asker(string Silo, string Worker, WorkerOffer Offer, bool IsAlone = false);

/// <summary>The packs of one sweep in the queue.</summary>
internal sealed class SweepPacks(SweepShare share)
{
    private readonly SortedSet<(long Iterations, int Number)> _ready = [];
    private readonly SortedSet<(TimeSpan NotBefore, int Number)> _heldBack = [];

    public SweepShare Share { get; set; } = share;
    public Dictionary<int, KnownPack> Known { get; } = [];

    /// <summary>Leases that workers hold.</summary>
    public int Leased { get; set; }

    public bool Withdrawn { get; private set; }

    /// <summary>Packs of which something waits.</summary>
    public int Waiting => _ready.Count + _heldBack.Count;

    /// <summary>Whether its treatment lets another lease be given.</summary>
    public bool HasRoom => !Share.Paused && (Share.Parallel == 0 || Leased < Share.Parallel);

    /// <summary>Packs that workers would get if there were enough of them; those that wait for their next try count, since their time is near.</summary>
    public int Leasable => Share switch
    {
        { Paused: true } => 0,
        { Parallel: > 0 } => Math.Clamp(Share.Parallel - Leased, 0, Waiting),
        _ => Waiting,
    };

    /// <summary>Sets what waits of a pack.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="parts">Parts; 0 when nothing waits any more.</param>
    /// <param name="iterations">Their training iterations.</param>
    /// <param name="now">The time.</param>
    public void SetWaiting(KnownPack pack, int parts, long iterations, TimeSpan now)
    {
        if (parts > 0) Withdrawn = false;
        Remove(pack);
        if (pack.Parts == 0) pack.Offered = now;
        (pack.Parts, pack.Iterations) = (parts, iterations);
        if (parts == 0) return;
        if (pack.NotBefore <= now) _ready.Add(Key(pack));
        else _heldBack.Add((pack.NotBefore, pack.Number));
    }

    /// <summary>Lets a pack wait for its next try.</summary>
    public void HoldBack(KnownPack pack, TimeSpan until, TimeSpan now)
    {
        Remove(pack);
        pack.NotBefore = until;
        SetWaiting(pack, pack.Parts, pack.Iterations, now);
    }

    /// <summary>The longest pack that fits the asker; null when there is none.</summary>
    public KnownPack? Find(Asker asker, TimeSpan now)
    {
        if (!HasRoom || !asker.Offer.Trainers.Contains(TrainerVersion.Of(Share.Trainer))) return null;
        Release(now);
        foreach (var (_, number) in _ready)
        {
            var pack = Known[number];
            if (pack.FailedOn.Silo == asker.Silo && pack.FailedOn.Until > now && !asker.IsAlone) continue;
            if (pack.AvoidedBy(asker.Silo, now) is null && asker.Offer.Precisions.Contains(pack.Precision)) return pack;
        }
        return null;
    }

    /// <summary>Takes parts of a pack that <see cref="Find"/> gave.</summary>
    public void Take(KnownPack pack, int parts, TimeSpan now)
    {
        var left = pack.Parts - parts;
        SetWaiting(pack, left, left == 0 ? 0 : pack.Iterations * left / pack.Parts, now);
    }

    /// <summary>The order between two sweeps that may both lease.</summary>
    public bool GoesBefore(SweepPacks other) =>
        (-Share.Priority, Leased, Share.Order).CompareTo((-other.Share.Priority, other.Leased, other.Share.Order)) < 0;

    /// <summary>Forgets what waits.</summary>
    public void Withdraw()
    {
        Withdrawn = true;
        _ready.Clear();
        _heldBack.Clear();
        foreach (var pack in Known.Values.ToList())
        {
            (pack.Parts, pack.Iterations) = (0, 0);
            if (pack.Leases.Count == 0) Known.Remove(pack.Number);
        }
    }

    private static (long, int) Key(KnownPack pack) => (-pack.Iterations, pack.Number);

    private void Remove(KnownPack pack)
    {
        if (!_ready.Remove(Key(pack))) _heldBack.Remove((pack.NotBefore, pack.Number));
    }

    private void Release(TimeSpan now)
    {
        while (_heldBack.Count > 0 && _heldBack.Min is var first && first.NotBefore <= now)
        {
            _heldBack.Remove(first);
            _ready.Add(Key(Known[first.Number]));
        }
    }
}
