using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>A pack of which something waits or is leased. Times are on the queue's monotonic clock.</summary>
/// <param name="number">Its number in the plan.</param>
/// <param name="offered">When it was offered.</param>
/// <param name="avoided">The silos that cannot run its data set.</param>
internal sealed class KnownPack(PackNumber number, TimeSpan offered, AvoidedSilos avoided)
{
    public PackNumber Number { get; } = number;
    public TimeSpan Offered { get; set; } = offered;

    /// <summary>Training iterations of what waits.</summary>
    public long Iterations { get; set; }

    /// <summary>Parts that wait, into which a lease can divide it; 0 when nothing waits.</summary>
    public int Parts { get; set; }

    public Precision Precision { get; set; }

    /// <summary>Leases that hold some of it, and those whose end the sweep has not confirmed.</summary>
    public HashSet<LeaseId> Leases { get; } = [];

    /// <summary>
    /// It is not leased before. Changed only while it stands in no order, that is through <see cref="SweepPacks.HoldBack"/>.
    /// </summary>
    public TimeSpan NotBefore { get; set; }

    /// <summary>Times in a row that it came back with an error; by it the pause before the next try grows.</summary>
    public int Setbacks { get; set; }

    /// <summary>Why it could not be begun the last time; null since it was.</summary>
    public string? BeginFault { get; set; }

    /// <summary>What the pack waits for is worth: what a worker that takes one part takes on.</summary>
    public double WorkPerPart => (double)Math.Max(1, Iterations) / Math.Max(1, Parts);

    /// <summary>The silos that cannot run it; packs of one data set share them.</summary>
    public AvoidedSilos Avoided { get; } = avoided;

    /// <summary>Where its jobs failed last: others go before that silo for a time, if there are any.</summary>
    public (string Silo, TimeSpan Until) FailedOn { get; set; } = ("", TimeSpan.MinValue);

    /// <summary>Whether a worker of the sweep's trainer version may get it now.</summary>
    public bool Fits(Asker asker, TimeSpan now) => asker.Offer.Precisions.Contains(Precision) && Avoided.Reason(asker.Silo, now) is null
        && (asker.IsAlone || FailedOn.Silo != asker.Silo || FailedOn.Until <= now);

    /// <summary>
    /// Whether a worker may get it that is expected to be able to run it: one whose silo was not may be tried again, but no lease is
    /// divided for that.
    /// </summary>
    public bool FitsSurely(Asker asker, TimeSpan now) => Fits(asker, now) && !Avoided.HasLacked(asker.Silo);
}

/// <summary>Silos that shall not get some packs for a time, because they lack what these need.</summary>
internal sealed class AvoidedSilos
{
    private Dictionary<string, (TimeSpan Until, string Reason)>? _silos;

    /// <summary>A silo shall not get them for a time.</summary>
    public void Add(string silo, TimeSpan until, string reason) => (_silos ??= [])[silo] = (until, reason);

    /// <summary>A silo has run some of them.</summary>
    public void Remove(string silo) => _silos?.Remove(silo);

    /// <summary>Whether a silo could not run them the last time.</summary>
    public bool HasLacked(string silo) => _silos?.ContainsKey(silo) == true;

    /// <summary>Why a silo shall not get them now; null when it may.</summary>
    public string? Reason(string silo, TimeSpan now) =>
        _silos?.TryGetValue(silo, out var avoided) == true && avoided.Until > now ? avoided.Reason : null;
}

/// <summary>Who asks for work.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="Worker">Its name.</param>
/// <param name="Offer">What it can run.</param>
/// <param name="IsAlone">Whether no other silo asks for work.</param>
internal sealed record Asker(string Silo, string Worker, WorkerOffer Offer, bool IsAlone = false);

/// <summary>The packs of one sweep in the queue.</summary>
/// <param name="share">How it is treated.</param>
/// <param name="accounts">Whose leases its own are, the submitter's own account first.</param>
internal sealed class SweepPacks(SweepShare share, LeaseAccount[] accounts)
{
    private readonly SortedSet<(long Iterations, PackNumber Number)> _ready = [];
    private readonly SortedSet<(TimeSpan NotBefore, PackNumber Number)> _heldBack = [];
    private readonly Dictionary<string, AvoidedSilos> _avoided = [];
    private LeaseAccount[] _accounts = accounts;
    private int _waitingParts;

    /// <summary>How it is treated; changed by <see cref="Treat"/>.</summary>
    public SweepShare Share { get; private set; } = share;

    /// <summary>Whose leases its own are.</summary>
    public IReadOnlyList<LeaseAccount> Accounts => _accounts;

    public Dictionary<PackNumber, KnownPack> Known { get; } = [];

    /// <summary>Leases that workers hold.</summary>
    public int Leased
    {
        get;
        set
        {
            Count(value - field);
            field = value;
        }
    }

    /// <summary>
    /// Whether its grain begins parts of packs. Those of 0.1.0 begin the whole pack and count what other leases have of it as lost.
    /// </summary>
    public bool BeginsParts { get; set; } = true;

    /// <summary>Whether it was cancelled or has left for another pool since it was last offered.</summary>
    public bool Withdrawn { get; set; }

    /// <summary>Packs of which something waits.</summary>
    public int Waiting => _ready.Count + _heldBack.Count;

    /// <summary>Whether its treatment lets another lease be given.</summary>
    public bool HasRoom => Room > 0;

    /// <summary>How many more leases its treatment, and what its submitter holds elsewhere, let be given.</summary>
    public int Room => Math.Min(OwnRoom, _accounts.Min(account => account.Room));

    /// <summary>How many more leases its treatment lets be given.</summary>
    public int OwnRoom => Share switch
    {
        { Paused: true } => 0,
        { Parallel: > 0 } => Math.Max(0, Share.Parallel - Leased),
        _ => int.MaxValue,
    };

    /// <summary>
    /// Leases that workers would get of what waits if there were enough of them: a lease of one part each. Packs that wait for their next
    /// try count, since their time is near.
    /// </summary>
    public int Leasable => Math.Min(OwnRoom, _waitingParts);

    /// <summary>Whether a worker runs the trainer version that the sweep is planned for.</summary>
    public bool Fits(Asker asker) => asker.Offer.Trainers.Contains(TrainerVersion.Of(Share.Trainer));

    /// <summary>The pack of an offer, which is known from now on.</summary>
    public KnownPack Know(PackOffer offer, TimeSpan now)
    {
        if (Known.TryGetValue(offer.Pack, out var pack)) return pack;
        var avoided = new AvoidedSilos();
        // Of older silos nobody knows which packs share a data set.
        if (offer.Dataset is { } dataset && !_avoided.TryAdd(dataset, avoided)) avoided = _avoided[dataset];
        Known.Add(offer.Pack, pack = new KnownPack(offer.Pack, now, avoided) { Precision = offer.Precision });
        return pack;
    }

    /// <summary>Sets what waits of a pack.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="parts">Parts; 0 when nothing waits any more.</param>
    /// <param name="iterations">Their training iterations.</param>
    /// <param name="now">The time.</param>
    public void SetWaiting(KnownPack pack, int parts, long iterations, TimeSpan now)
    {
        Remove(pack);
        if (pack.Parts == 0) pack.Offered = now;
        _waitingParts += parts - pack.Parts;
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
        if (!HasRoom || !Fits(asker)) return null;
        Release(now);
        foreach (var (_, number) in _ready)
        {
            var pack = Known[number];
            if (pack.Fits(asker, now)) return pack;
        }
        return null;
    }

    /// <summary>Takes parts of a pack that <see cref="Find"/> gave.</summary>
    public void Take(KnownPack pack, int parts, TimeSpan now)
    {
        var left = pack.Parts - parts;
        SetWaiting(pack, left, left == 0 ? 0 : pack.Iterations * left / pack.Parts, now);
    }

    /// <summary>
    /// The order between two sweeps that may both lease. Sweeps that were submitted in the same moment can have the same place in the order
    /// of submission; their ids decide then, so that every queue decides alike.
    /// </summary>
    /// <param name="other">The other one.</param>
    /// <param name="byPerson">Whether of equal priorities the one goes first whose submitter has the fewest leases of it.</param>
    public bool GoesBefore(SweepPacks other, bool byPerson)
    {
        var order = (-Share.Priority, PersonLeased(byPerson), Leased, Share.Order)
            .CompareTo((-other.Share.Priority, other.PersonLeased(byPerson), other.Leased, other.Share.Order));
        return order < 0 || (order == 0 && string.CompareOrdinal(Share.Sweep.Value, other.Share.Sweep.Value) < 0);
    }

    /// <summary>Changes how it is treated; its leases count for whom they belong to now.</summary>
    public void Treat(SweepShare share, LeaseAccount[] accounts)
    {
        var leased = Leased;
        Count(-leased);
        (Share, _accounts) = (share, accounts);
        Count(leased);
    }

    /// <summary>Forgets what waits.</summary>
    public void Withdraw()
    {
        Withdrawn = true;
        _ready.Clear();
        _heldBack.Clear();
        _waitingParts = 0;
        foreach (var pack in Known.Values.ToList())
        {
            (pack.Parts, pack.Iterations) = (0, 0);
            if (pack.Leases.Count == 0) Known.Remove(pack.Number);
        }
    }

    private int PersonLeased(bool byPerson) => byPerson ? _accounts[0].At(Share.Priority) : 0;

    private void Count(int leases)
    {
        if (leases == 0) return;
        foreach (var account in _accounts) account.Add(Share.Priority, leases);
    }

    private static (long, PackNumber) Key(KnownPack pack) => (-pack.Iterations, pack.Number);

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
