using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// The queue's rules and its state in memory: the waiting packs, and the leases with their deadlines. It uses neither grains nor clocks.
/// Among sweeps that can run, the highest priority goes first. Among sweeps with equal priority, the sweep with the fewest leases goes
/// first (fair share) or, if workers are shared between people, the sweep whose submitter has the fewest leases. Ties go to the sweep
/// submitted first. Within a sweep, the longest pack goes first. The limits for people and groups are never exceeded. If there are fewer
/// packs than free workers, a lease covers only some parts of its pack. Workers that become free later receive parts of packs that other
/// workers hold (<see cref="PackDivision"/>). All times are on one monotonic clock.
/// </summary>
/// <param name="times">The time limits for leases.</param>
/// <param name="quota">The limits for people and groups, and whether workers are shared between people; null for no limits.</param>
internal sealed class LeaseBook(LeaseTimes times, QuotaOptions? quota = null)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(20);

    private readonly Dictionary<SweepId, SweepPacks> _sweeps = [];
    private readonly Dictionary<LeaseId, HeldLease> _leases = [];
    private readonly Dictionary<LeaseId, HeldLease> _ending = [];
    private readonly RecentIds _ended = new(4096);
    private readonly WorkerBook _workers = new();
    private readonly LeaseAccounts _accounts = new(quota ?? new QuotaOptions());

    // A cache of the sweeps that can lease packs. Idle workers request work often, and each request would otherwise scan all sweeps.
    private SweepPacks[]? _leasable;

    /// <summary>The number of packs with waiting work, including packs that are held back.</summary>
    public int Waiting => _sweeps.Values.Sum(sweep => sweep.Waiting);

    /// <summary>
    /// The number of additional leases that could be granted if there were enough workers. Each lease would cover one part of a pack that
    /// is waiting or that another worker holds. Paused sweeps are excluded, and the limits of each sweep and its submitter apply.
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

    /// <summary>The number of leases that workers hold.</summary>
    public int Leased => _leases.Count;

    /// <summary>The workers that are requesting work or hold a lease.</summary>
    public WorkerBook Workers => _workers;

    /// <summary>The time at which the longest-waiting pack was offered; null if no pack is waiting.</summary>
    public TimeSpan? OldestWaiting =>
        _sweeps.Values.SelectMany(sweep => sweep.Known.Values).Where(pack => pack.Parts > 0).Min(pack => (TimeSpan?)pack.Offered);

    /// <summary>Returns the held leases, ordered by sweep and pack.</summary>
    /// <param name="limit">The maximum number to return.</param>
    public IEnumerable<HeldLease> Leases(int limit) =>
        _leases.Values.OrderBy(lease => lease.Sweep.Share.Sweep.Value, StringComparer.Ordinal)
            .ThenBy(lease => lease.Pack.Number).Take(limit);

    /// <summary>Returns the lease with the given id if it is held or ending; otherwise null.</summary>
    public HeldLease? Find(LeaseId id) => _leases.GetValueOrDefault(id) ?? _ending.GetValueOrDefault(id);

    /// <summary>Returns the sweep's packs and leases that the queue holds.</summary>
    public SweepHolding Holding(SweepId sweep) => _sweeps.TryGetValue(sweep, out var packs)
        ? new(packs.Waiting, [.. packs.Known.Values.SelectMany(pack => pack.Leases)])
        {
            WaitingPacks = [.. packs.Known.Values.Where(pack => pack.Parts > 0).Select(pack => pack.Number)],
            LeasePacks = [.. packs.Known.Values.SelectMany(pack => pack.Leases.Select(_ => pack.Number))],
        }
        : new(0, []) { WaitingPacks = [], LeasePacks = [] };

    /// <summary>Returns a sweep's packs; null if the queue has none.</summary>
    public SweepPacks? PacksOf(SweepId sweep) => _sweeps.GetValueOrDefault(sweep);

    /// <summary>Records whether a sweep's grain can begin parts of packs. If it can, the sweep's leases can be divided.</summary>
    public void SetBeginsParts(SweepId sweep, bool begins = true)
    {
        if (PacksOf(sweep) is { } packs) packs.BeginsParts = begins;
    }

    /// <summary>
    /// Adds packs with waiting work, and leases that cover packs or parts of them. Work and leases that are already known are not added
    /// again.
    /// </summary>
    /// <param name="share">The sweep's new share.</param>
    /// <param name="offers">The packs. The work of an offer that names a lease is held by that lease.</param>
    /// <param name="now">The current time.</param>
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

    /// <summary>Changes a sweep's share.</summary>
    public SweepPacks Configure(SweepShare share)
    {
        _leasable = null;
        var accounts = _accounts.Of(share.Person);
        if (!_sweeps.TryGetValue(share.Sweep, out var sweep)) _sweeps.Add(share.Sweep, sweep = new SweepPacks(share, accounts));
        sweep.Treat(share, accounts);
        return sweep;
    }

    /// <summary>
    /// Sets the directive for all of a sweep's leases. A stricter directive is never replaced by a milder one, except by
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

    /// <summary>
    /// Leases the next pack that fits, or some of its parts; returns null if there is none. A repeated id returns the same lease.
    /// </summary>
    /// <param name="id">The lease's id.</param>
    /// <param name="asker">The worker that requests work.</param>
    /// <param name="now">The current time.</param>
    public HeldLease? Lease(LeaseId id, Asker asker, TimeSpan now)
    {
        if (_leases.TryGetValue(id, out var held)) return held;
        // A delayed call: the worker has already finished with this lease.
        if (_ended.Contains(id) || _ending.ContainsKey(id)) return null;
        _workers.RecordRequest(asker, now);
        var (best, pack) = Best(asker with { IsAlone = _workers.IsAlone(asker.Silo, now) }, now);
        if (best is null) return null;
        var parts = PackDivision.Parts(best, pack!, _leasable!, _workers, now);
        var iterations = pack!.Iterations * parts / Math.Max(1, pack.Parts);
        best.Take(pack, parts, now);
        _leasable = null;
        _workers.RecordLease(asker.Worker);
        return Hold(id, best, pack, asker.Silo, asker.Worker, parts, iterations, now);
    }

    /// <summary>Renews a lease and returns the directive for its worker.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="progress">The worker's progress counter; null if it reports none.</param>
    /// <param name="now">The current time.</param>
    public LeaseDirective Renew(LeaseId id, long? progress, TimeSpan now)
    {
        if (!_leases.TryGetValue(id, out var lease)) return LeaseDirective.Lost;
        lease.RenewedAt = now;
        if (progress is null || progress != lease.Progress) (lease.Progress, lease.MovedAt) = (progress, now);
        _workers.RecordRenewal(lease.Worker, now);
        return lease.Directive;
    }

    /// <summary>
    /// Ends a lease. Its work is not leased again until <see cref="Confirm"/> is called, because only the sweep knows which work is left. A
    /// lease that is no longer held is ignored.
    /// </summary>
    /// <param name="id">The lease.</param>
    /// <param name="now">
    /// The current time if the worker ended the lease itself and is therefore free; null if the lease was taken back.
    /// </param>
    /// <returns>The lease; null if it was not held.</returns>
    public HeldLease? End(LeaseId id, TimeSpan? now = null)
    {
        _leasable = null;
        if (!_leases.Remove(id, out var lease)) return null;
        lease.Sweep.Leased--;
        _ending.Add(id, lease);
        if (now is { } freed) _workers.RecordReturn(lease.Worker, freed);
        return lease;
    }

    /// <summary>
    /// Chooses a lease to divide, if any, and tells its worker to stop. The remaining work is then available to all free workers.
    /// </summary>
    /// <returns>The chosen lease; null if no lease should be divided.</returns>
    public HeldLease? Divide(TimeSpan now)
    {
        // A lease that does not stop, or whose sweep does not respond, delays the division of other leases only for this time.
        if (_leases.Values.Concat(_ending.Values).Any(lease => lease.IsDivided && now - lease.DirectedAt < times.Stop)) return null;
        if (PackDivision.Choose(_leases.Values, _sweeps.Values, _workers, now) is not { } lease) return null;
        (lease.IsDivided, lease.Directive, lease.DirectedAt) = (true, LeaseDirective.Stop, now);
        return lease;
    }

    /// <summary>Records the work that a sweep reports as left on its leases.</summary>
    public void Refresh(IEnumerable<PackOffer> rests, TimeSpan now)
    {
        foreach (var rest in rests)
            if (rest.Lease is { } id && _leases.TryGetValue(id, out var lease))
                lease.Rest = new LeaseRemainder(rest.Parts, rest.Iterations, now);
    }

    /// <summary>Returns the leases that might have more than one unfinished part and whose sweep is due to be queried again.</summary>
    public IReadOnlyList<HeldLease> ToAsk(TimeSpan now)
    {
        var asked = _leases.Values.Where(lease => lease.Parts != 1 && lease.Rest is not { Parts: <= 1 }
            && now - lease.AskedAt >= AskEvery).ToArray();
        foreach (var lease in asked) lease.AskedAt = now;
        return asked;
    }

    /// <summary>The leases that have ended but whose end the sweep has not confirmed yet.</summary>
    public IReadOnlyCollection<HeldLease> Ending => _ending.Values;

    /// <summary>Records the work in a pack that the sweep reports as waiting after a lease has ended.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="left">The work that is now waiting; null if there is none.</param>
    /// <param name="now">The current time.</param>
    public void Confirm(LeaseId id, PackOffer? left, TimeSpan now)
    {
        _leasable = null;
        if (!_ending.Remove(id, out var lease)) return;
        _ended.Add(id);
        var (sweep, pack) = (lease.Sweep, lease.Pack);
        pack.Leases.Remove(id);
        // Work that is already waiting here did not belong to the lease.
        if (!sweep.Withdrawn && left is not null) sweep.SetWaiting(pack, Math.Max(1, left.Parts), left.Iterations, now);
        if (pack is { Parts: 0, Leases.Count: 0 }) sweep.Known.Remove(pack.Number);
        if (sweep.Known.Count == 0) _sweeps.Remove(sweep.Share.Sweep);
    }

    /// <summary>
    /// Returns the leases that must be taken back, each with the reason. They stay held until <see cref="End"/> is called.
    /// </summary>
    /// <param name="now">The current time.</param>
    /// <param name="storeAnswersSince">
    /// The time at which the store last became available. During an outage, workers cannot hand work back.
    /// </param>
    public IReadOnlyList<(HeldLease Lease, LeaseLoss Why)> Overdue(TimeSpan now, TimeSpan storeAnswersSince = default)
    {
        var overdue = new List<(HeldLease, LeaseLoss)>();
        foreach (var lease in _leases.Values)
        {
            if (now - lease.RenewedAt >= times.Duration) overdue.Add((lease, LeaseLoss.Silent));
            else if (lease.Progress is not null && now - lease.MovedAt >= times.Stall) overdue.Add((lease, LeaseLoss.Stalled));
            // A lease that is only being divided has no deadline, because it must not lose any work.
            else if (lease is { Directive: LeaseDirective.Stop, IsDivided: false }
                && now - lease.DirectedAt >= times.Stop && now - storeAnswersSince >= times.Stop)
                overdue.Add((lease, LeaseLoss.Unstoppable));
        }
        return overdue;
    }

    /// <summary>Drops a sweep's waiting work and tells the workers that hold its leases to stop.</summary>
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
