using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// What waits and what is leased until when: the queue's rules, without grains or clocks. Of the sweeps that may run, the highest priority
/// goes first; of equal ones the one with the fewest leases (fair share), where people share the one whose submitter has the fewest; then
/// the one submitted first; within a sweep the longest pack. What a person or a group may hold at once is not exceeded.
/// Where there are fewer packs than free workers a lease covers some parts of its pack only, and workers that come later get parts of what
/// others hold (<see cref="PackDivision"/>), so that none idles. All times are on one monotonic clock.
/// </summary>
/// <param name="times">How long leases live.</param>
/// <param name="quota">What people may hold, and whether they share; null for no limits.</param>
internal sealed class LeaseBook(LeaseTimes times, QuotaOptions? quota = null)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(20);

    private readonly Dictionary<SweepId, SweepPacks> _sweeps = [];
    private readonly Dictionary<LeaseId, HeldLease> _leases = [];
    private readonly Dictionary<LeaseId, HeldLease> _ending = [];
    private readonly RecentIds _ended = new(4096);
    private readonly WorkerBook _workers = new();
    private readonly LeaseAccounts _accounts = new(quota ?? new QuotaOptions());

    // Sweeps that may lease; workers that find nothing ask often, and must not cost a look at every sweep there is.
    private SweepPacks[]? _leasable;

    /// <summary>Packs of which something waits, those that are held back included.</summary>
    public int Waiting => _sweeps.Values.Sum(sweep => sweep.Waiting);

    /// <summary>
    /// Leases that more workers would get if there were enough of them, each a part of a pack that waits or that another worker holds: none
    /// of a paused sweep, and no more than its cap and those of its submitter leave.
    /// </summary>
    public int Leasable
    {
        get
        {
            var held = _leases.Values.Where(lease => lease.IsDivisible).GroupBy(lease => lease.Sweep)
                .ToDictionary(sweep => sweep.Key, sweep => sweep.Sum(lease => lease.Rest!.Parts - 1));
            var (sum, given) = (0, new Dictionary<LeaseAccount, int>());
            foreach (var sweep in _sweeps.Values)
            {
                var left = sweep.Accounts.Min(account => account.Room - given.GetValueOrDefault(account));
                var more = (int)Math.Min(Math.Min(sweep.OwnRoom, left), (long)sweep.Leasable + held.GetValueOrDefault(sweep));
                foreach (var account in sweep.Accounts) given[account] = given.GetValueOrDefault(account) + more;
                sum += more;
            }
            return sum;
        }
    }

    /// <summary>Leases that are held.</summary>
    public int Leased => _leases.Count;

    /// <summary>Workers that ask for work or hold a lease.</summary>
    public WorkerBook Workers => _workers;

    /// <summary>When the longest waiting pack began to wait; null when none waits.</summary>
    public TimeSpan? OldestWaiting =>
        _sweeps.Values.SelectMany(sweep => sweep.Known.Values).Where(pack => pack.Parts > 0).Min(pack => (TimeSpan?)pack.Offered);

    /// <summary>The leases that are held, by sweep and pack.</summary>
    /// <param name="limit">The first so many.</param>
    public IEnumerable<HeldLease> Leases(int limit) =>
        _leases.Values.OrderBy(lease => lease.Sweep.Share.Sweep.Value, StringComparer.Ordinal)
            .ThenBy(lease => lease.Pack.Number).Take(limit);

    /// <summary>The lease of a number, held or ending; null when there is none.</summary>
    public HeldLease? Find(LeaseId id) => _leases.GetValueOrDefault(id) ?? _ending.GetValueOrDefault(id);

    /// <summary>What there is of a sweep.</summary>
    public SweepHolding Holding(SweepId sweep) => _sweeps.TryGetValue(sweep, out var packs)
        ? new(packs.Waiting, [.. packs.Known.Values.SelectMany(pack => pack.Leases)])
        {
            WaitingPacks = [.. packs.Known.Values.Where(pack => pack.Parts > 0).Select(pack => pack.Number)],
            LeasePacks = [.. packs.Known.Values.SelectMany(pack => pack.Leases.Select(_ => pack.Number))],
        }
        : new(0, []) { WaitingPacks = [], LeasePacks = [] };

    /// <summary>The packs of a sweep; null when nothing of it is here.</summary>
    public SweepPacks? PacksOf(SweepId sweep) => _sweeps.GetValueOrDefault(sweep);

    /// <summary>Notes whether the grain of a sweep begins parts of packs, so that its leases may be divided.</summary>
    public void ShowsParts(SweepId sweep, bool shown = true)
    {
        if (PacksOf(sweep) is { } packs) packs.BeginsParts = shown;
    }

    /// <summary>Adds what waits of packs, and leases that hold some of them; what is known already is not added twice.</summary>
    /// <param name="share">How the sweep is treated from now on.</param>
    /// <param name="offers">The packs; one that names a lease is held by it.</param>
    /// <param name="now">The time.</param>
    public void Offer(SweepShare share, IEnumerable<PackOffer> offers, TimeSpan now)
    {
        _leasable = null;
        var sweep = Configure(share);
        sweep.Withdrawn = false;
        foreach (var offer in offers)
        {
            var pack = sweep.Know(offer, now);
            if (offer.Lease is { } lease)
            {
                if (pack.Leases.Contains(lease) || _ended.Contains(lease)) continue;
                Hold(lease, sweep, pack, "", offer.Worker ?? "", parts: 0, offer.Iterations, now);
            }
            else if (Math.Max(1, offer.Parts) is var parts && parts > pack.Parts)
            {
                sweep.SetWaiting(pack, parts, Math.Max(offer.Iterations, pack.Iterations), now);
            }
        }
    }

    /// <summary>Changes how a sweep is treated.</summary>
    public SweepPacks Configure(SweepShare share)
    {
        _leasable = null;
        var accounts = _accounts.Of(share.Person);
        if (!_sweeps.TryGetValue(share.Sweep, out var sweep)) _sweeps.Add(share.Sweep, sweep = new SweepPacks(share, accounts));
        sweep.Treat(share, accounts);
        return sweep;
    }

    /// <summary>
    /// Tells the leases of a sweep something; a harder word is not taken back by a softer one, but by
    /// <see cref="LeaseDirective.Continue"/>.
    /// </summary>
    public void Direct(SweepId sweep, LeaseDirective directive, TimeSpan now)
    {
        foreach (var lease in _leases.Values.Where(lease => lease.Sweep.Share.Sweep == sweep))
        {
            var isHarder = directive > lease.Directive || (lease.IsDivided && directive == LeaseDirective.Stop);
            if (directive != LeaseDirective.Continue && !isHarder) continue;
            (lease.Directive, lease.DirectedAt, lease.IsDivided) = (directive, now, false);
        }
    }

    /// <summary>Leases the next pack that fits, or some parts of it; null when there is none. The same number is granted once.</summary>
    /// <param name="id">The number that the lease has.</param>
    /// <param name="asker">Who asks.</param>
    /// <param name="now">The time.</param>
    public HeldLease? Lease(LeaseId id, Asker asker, TimeSpan now)
    {
        if (_leases.TryGetValue(id, out var held)) return held;
        // A call that was long on its way: its worker has done with this lease.
        if (_ended.Contains(id) || _ending.ContainsKey(id)) return null;
        _workers.Asks(asker, now);
        var (best, pack) = Best(asker with { IsAlone = _workers.IsAlone(asker.Silo, now) }, now);
        if (best is null) return null;
        var parts = PackDivision.Parts(best, pack!, _leasable!, _workers, now);
        var iterations = pack!.Iterations * parts / Math.Max(1, pack.Parts);
        best.Take(pack, parts, now);
        _leasable = null;
        _workers.Works(asker.Worker);
        return Hold(id, best, pack, asker.Silo, asker.Worker, parts, iterations, now);
    }

    /// <summary>Prolongs a lease and says what its worker shall do.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="progress">How far its worker is; null when it does not say.</param>
    /// <param name="now">The time.</param>
    public LeaseDirective Renew(LeaseId id, long? progress, TimeSpan now)
    {
        if (!_leases.TryGetValue(id, out var lease)) return LeaseDirective.Lost;
        lease.RenewedAt = now;
        if (progress is null || progress != lease.Progress) (lease.Progress, lease.MovedAt) = (progress, now);
        _workers.IsSeen(lease.Worker, now);
        return lease.Directive;
    }

    /// <summary>
    /// Ends a lease. What it held stays nobody's until <see cref="Confirm"/>, since only the sweep knows what is left of it; one that is
    /// not held any more is ignored.
    /// </summary>
    /// <param name="id">The lease.</param>
    /// <param name="now">The time, if its worker has ended it and so is free; null if it was taken back.</param>
    /// <returns>The lease; null when it was not held.</returns>
    public HeldLease? End(LeaseId id, TimeSpan? now = null)
    {
        _leasable = null;
        if (!_leases.Remove(id, out var lease)) return null;
        lease.Sweep.Leased--;
        _ending.Add(id, lease);
        if (now is { } freed) _workers.Frees(lease.Worker, freed);
        return lease;
    }

    /// <summary>
    /// Tells the lease that is to be divided, if there is one, to stop: its rest then waits for all workers that are free.
    /// </summary>
    /// <returns>The lease.</returns>
    public HeldLease? Divide(TimeSpan now)
    {
        // One that does not stop, or whose sweep does not answer, keeps the others back no longer than that.
        if (_leases.Values.Concat(_ending.Values).Any(lease => lease.IsDivided && now - lease.DirectedAt < times.Stop)) return null;
        if (PackDivision.Choose(_leases.Values, _sweeps.Values, _workers, now) is not { } lease) return null;
        (lease.IsDivided, lease.Directive, lease.DirectedAt) = (true, LeaseDirective.Stop, now);
        return lease;
    }

    /// <summary>Takes the sweep's word on what is unfinished of leases.</summary>
    public void Refresh(IEnumerable<PackOffer> rests, TimeSpan now)
    {
        foreach (var rest in rests)
            if (rest.Lease is { } id && _leases.TryGetValue(id, out var lease))
                lease.Rest = new LeaseRest(rest.Parts, rest.Iterations, now);
    }

    /// <summary>Leases whose sweep is to be asked what is unfinished of them, since more than one part may be: each now and then.</summary>
    public IReadOnlyList<HeldLease> ToAsk(TimeSpan now)
    {
        var asked = _leases.Values.Where(lease => lease.Parts != 1 && lease.Rest is not { Parts: <= 1 }
            && now - lease.AskedAt >= AskEvery).ToArray();
        foreach (var lease in asked) lease.AskedAt = now;
        return asked;
    }

    /// <summary>Leases that were ended and that the sweep has not confirmed.</summary>
    public IReadOnlyCollection<HeldLease> Ending => _ending.Values;

    /// <summary>Takes the sweep's word on what waits of a pack after a lease has ended.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="left">What waits now; null when nothing does.</param>
    /// <param name="now">The time.</param>
    public void Confirm(LeaseId id, PackOffer? left, TimeSpan now)
    {
        _leasable = null;
        if (!_ending.Remove(id, out var lease)) return;
        _ended.Add(id);
        var (sweep, pack) = (lease.Sweep, lease.Pack);
        pack.Leases.Remove(id);
        // What waits here already was not the lease's.
        if (!sweep.Withdrawn && left is not null) sweep.SetWaiting(pack, Math.Max(1, left.Parts), left.Iterations, now);
        if (pack is { Parts: 0, Leases.Count: 0 }) sweep.Known.Remove(pack.Number);
        if (sweep.Known.Count == 0) _sweeps.Remove(sweep.Share.Sweep);
    }

    /// <summary>Leases that must be taken back, and why. They stay held until they are ended.</summary>
    /// <param name="now">The time.</param>
    /// <param name="storeAnswersSince">Since when the store answers: while it is away no worker can hand anything back.</param>
    public IReadOnlyList<(HeldLease Lease, LeaseLoss Why)> Overdue(TimeSpan now, TimeSpan storeAnswersSince = default)
    {
        var overdue = new List<(HeldLease, LeaseLoss)>();
        foreach (var lease in _leases.Values)
        {
            if (now - lease.RenewedAt >= times.Duration) overdue.Add((lease, LeaseLoss.Silent));
            else if (lease.Progress is not null && now - lease.MovedAt >= times.Stall) overdue.Add((lease, LeaseLoss.Stalled));
            // One that is only divided may take its time: it must lose nothing.
            else if (lease is { Directive: LeaseDirective.Stop, IsDivided: false }
                && now - lease.DirectedAt >= times.Stop && now - storeAnswersSince >= times.Stop)
                overdue.Add((lease, LeaseLoss.Unstoppable));
        }
        return overdue;
    }

    /// <summary>Forgets what waits of a sweep and tells its leases to stop.</summary>
    public void Withdraw(SweepId id, TimeSpan now)
    {
        _leasable = null;
        if (!_sweeps.TryGetValue(id, out var sweep)) return;
        sweep.Withdraw();
        Direct(id, LeaseDirective.Stop, now);
        if (sweep.Known.Count == 0) _sweeps.Remove(id);
    }

    private (SweepPacks? Sweep, KnownPack? Pack) Best(Asker asker, TimeSpan now)
    {
        (SweepPacks? Sweep, KnownPack? Pack) best = default;
        foreach (var sweep in _leasable ??= [.. _sweeps.Values.Where(sweep => sweep.Waiting > 0 && sweep.HasRoom)])
        {
            if (best.Sweep is not null && !sweep.GoesBefore(best.Sweep, _accounts.FairByPerson)) continue;
            if (sweep.Find(asker, now) is { } pack) best = (sweep, pack);
        }
        return best;
    }

    private HeldLease Hold(
        LeaseId id, SweepPacks sweep, KnownPack pack, string silo, string worker, int parts, long iterations, TimeSpan now)
    {
        pack.Leases.Add(id);
        sweep.Leased++;
        var lease = new HeldLease(id, sweep, pack, silo, worker, parts, iterations, now);
        _leases.Add(id, lease);
        return lease;
    }
}
