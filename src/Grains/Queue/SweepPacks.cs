using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Grains.Queue;

/// <summary>A pack with waiting or leased work. Times are on the queue's monotonic clock.</summary>
/// <param name="number">The pack's number in the plan.</param>
/// <param name="offered">The time at which the pack was offered.</param>
/// <param name="avoided">The silos that cannot run jobs on the pack's data set.</param>
internal sealed class KnownPack(PackNumber number, TimeSpan offered, AvoidedSilos avoided)
{
    public PackNumber Number { get; } = number;
    public TimeSpan Offered { get; set; } = offered;

    /// <summary>The number of training iterations in the waiting work.</summary>
    public long Iterations { get; set; }

    /// <summary>The number of waiting parts into which the pack can be divided; 0 if nothing is waiting.</summary>
    public int Parts { get; set; }

    public Precision Precision { get; set; }

    /// <summary>The leases that cover the pack or parts of it, including leases whose end the sweep has not confirmed.</summary>
    public HashSet<LeaseId> Leases { get; } = [];

    /// <summary>
    /// The earliest time at which the pack can be leased. Change it only through <see cref="SweepPacks.HoldBack"/>, because the sort order
    /// depends on it.
    /// </summary>
    public TimeSpan NotBefore { get; set; }

    /// <summary>
    /// The number of the pack's consecutive leases that ended with an error. The delay before the next retry grows with this number.
    /// </summary>
    public int Setbacks { get; set; }

    /// <summary>The reason why the last attempt to begin the pack failed; null if it succeeded.</summary>
    public string? BeginFault { get; set; }

    /// <summary>The number of training iterations in one waiting part.</summary>
    public double WorkPerPart => (double)Math.Max(1, Iterations) / Math.Max(1, Parts);

    /// <summary>The silos that cannot run the pack. Packs that use the same data set share this object.</summary>
    public AvoidedSilos Avoided { get; } = avoided;

    /// <summary>The silo on which the pack's jobs last failed. Until the given time, other silos are preferred if there are any.</summary>
    public (string Silo, TimeSpan Until) FailedOn { get; set; } = ("", TimeSpan.MinValue);

    /// <summary>Whether the pack can be leased to a worker now, assuming that the worker runs the sweep's trainer version.</summary>
    public bool Fits(Asker asker, TimeSpan now) => asker.Offer.Precisions.Contains(Precision) && Avoided.Reason(asker.Silo, now) is null
        && (asker.IsAlone || FailedOn.Silo != asker.Silo || FailedOn.Until <= now);

    /// <summary>
    /// Whether the pack can be leased to the worker and the worker's silo is expected to be able to run it. A silo that could not run the
    /// pack earlier can be tried again, but no lease is divided for that attempt.
    /// </summary>
    public bool FitsSurely(Asker asker, TimeSpan now) => Fits(asker, now) && !Avoided.HasLacked(asker.Silo);
}

/// <summary>The silos that are temporarily excluded from certain packs, because they lack something that the packs need.</summary>
internal sealed class AvoidedSilos
{
    private Dictionary<string, (TimeSpan Until, string Reason)>? _silos;

    /// <summary>Excludes a silo until the given time.</summary>
    public void Add(string silo, TimeSpan until, string reason) => (_silos ??= [])[silo] = (until, reason);

    /// <summary>Readmits a silo after it has run one of the packs.</summary>
    public void Remove(string silo) => _silos?.Remove(silo);

    /// <summary>Whether the silo's last attempt to run one of the packs failed.</summary>
    public bool HasLacked(string silo) => _silos?.ContainsKey(silo) == true;

    /// <summary>Returns the reason why a silo is excluded now; null if it is not excluded.</summary>
    public string? Reason(string silo, TimeSpan now) =>
        _silos?.TryGetValue(silo, out var avoided) == true && avoided.Until > now ? avoided.Reason : null;
}

/// <summary>A worker that requests work.</summary>
/// <param name="Silo">The worker's silo.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Offer">The trainer versions and precisions that the worker can run.</param>
/// <param name="IsAlone">Whether the worker's silo is the only one that requests work.</param>
internal sealed record Asker(string Silo, string Worker, WorkerOffer Offer, bool IsAlone = false);

/// <summary>One sweep's packs in the queue.</summary>
/// <param name="share">The sweep's share of the workers.</param>
/// <param name="accounts">The accounts that the sweep's leases count towards, starting with the submitter's own.</param>
internal sealed class SweepPacks(SweepShare share, LeaseAccount[] accounts)
{
    private readonly SortedSet<(long Iterations, PackNumber Number)> _ready = [];
    private readonly SortedSet<(TimeSpan NotBefore, PackNumber Number)> _heldBack = [];
    private readonly Dictionary<string, AvoidedSilos> _avoided = [];
    private LeaseAccount[] _accounts = accounts;
    private int _waitingParts;

    /// <summary>The sweep's share of the workers; changed by <see cref="Treat"/>.</summary>
    public SweepShare Share { get; private set; } = share;

    /// <summary>The accounts that the sweep's leases count towards.</summary>
    public IReadOnlyList<LeaseAccount> Accounts => _accounts;

    public Dictionary<PackNumber, KnownPack> Known { get; } = [];

    /// <summary>The number of leases that workers hold.</summary>
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
    /// Whether the sweep's grain can begin parts of packs. Grains of version 0.1.0 always begin a whole pack, and treat parts that other
    /// leases hold as lost.
    /// </summary>
    public bool BeginsParts { get; set; } = true;

    /// <summary>Whether the sweep was cancelled or moved to another pool since it was last offered.</summary>
    public bool Withdrawn { get; set; }

    /// <summary>The number of packs with waiting work.</summary>
    public int Waiting => _ready.Count + _heldBack.Count;

    /// <summary>Whether another lease can be granted.</summary>
    public bool HasRoom => Room > 0;

    /// <summary>The number of additional leases that the sweep's and its submitter's limits allow.</summary>
    public int Room => Math.Min(OwnRoom, _accounts.Min(account => account.Room));

    /// <summary>The number of additional leases that the sweep's own limits allow.</summary>
    public int OwnRoom => Share switch
    {
        { Paused: true } => 0,
        { Parallel: > 0 } => Math.Max(0, Share.Parallel - Leased),
        _ => int.MaxValue,
    };

    /// <summary>
    /// The number of leases, each covering one part, that could be granted if there were enough workers. Packs that are waiting for a retry
    /// are included, because they are due soon.
    /// </summary>
    public int Leasable => Math.Min(OwnRoom, _waitingParts);

    /// <summary>Whether a worker runs the trainer version that the sweep was planned for.</summary>
    public bool Fits(Asker asker) => asker.Offer.Trainers.Contains(TrainerVersion.Of(Share.Trainer));

    /// <summary>Returns the pack of an offer. Adds the pack if it is new.</summary>
    public KnownPack Know(PackOffer offer, TimeSpan now)
    {
        if (Known.TryGetValue(offer.Pack, out var pack)) return pack;
        var avoided = new AvoidedSilos();
        // Offers from older silos do not specify the data set.
        if (offer.Dataset is { } dataset && !_avoided.TryAdd(dataset, avoided)) avoided = _avoided[dataset];
        Known.Add(offer.Pack, pack = new KnownPack(offer.Pack, now, avoided) { Precision = offer.Precision });
        return pack;
    }

    /// <summary>Sets a pack's waiting work.</summary>
    /// <param name="pack">The pack.</param>
    /// <param name="parts">The number of waiting parts; 0 if nothing is waiting.</param>
    /// <param name="iterations">The number of training iterations in the waiting parts.</param>
    /// <param name="now">The current time.</param>
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

    /// <summary>Holds a pack back until the given time.</summary>
    public void HoldBack(KnownPack pack, TimeSpan until, TimeSpan now)
    {
        Remove(pack);
        pack.NotBefore = until;
        SetWaiting(pack, pack.Parts, pack.Iterations, now);
    }

    /// <summary>Returns the longest waiting pack that the worker can run; null if there is none.</summary>
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

    /// <summary>Removes parts from the waiting work in a pack that <see cref="Find"/> returned.</summary>
    public void Take(KnownPack pack, int parts, TimeSpan now)
    {
        var left = pack.Parts - parts;
        SetWaiting(pack, left, left == 0 ? 0 : pack.Iterations * left / pack.Parts, now);
    }

    /// <summary>
    /// Whether this sweep goes before another sweep when both can lease. Sweeps submitted at the same moment can have the same submission
    /// order. Their ids break the tie, so every queue orders them the same way.
    /// </summary>
    /// <param name="other">The other sweep.</param>
    /// <param name="byPerson">
    /// Whether, among sweeps with equal priority, the sweep whose submitter holds the fewest leases with that priority goes first.
    /// </param>
    public bool GoesBefore(SweepPacks other, bool byPerson)
    {
        var order = (-Share.Priority, PersonLeased(byPerson), Leased, Share.Order)
            .CompareTo((-other.Share.Priority, other.PersonLeased(byPerson), other.Leased, other.Share.Order));
        return order < 0 || (order == 0 && string.CompareOrdinal(Share.Sweep.Value, other.Share.Sweep.Value) < 0);
    }

    /// <summary>Changes the sweep's share and moves its leases to the given accounts.</summary>
    public void Treat(SweepShare share, LeaseAccount[] accounts)
    {
        var leased = Leased;
        Count(-leased);
        (Share, _accounts) = (share, accounts);
        Count(leased);
    }

    /// <summary>Drops the waiting work.</summary>
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
