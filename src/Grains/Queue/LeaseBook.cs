using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Queue;

/// <summary>
/// Which packs wait and which are leased until when: the queue's rules, without grains or clocks. Of the sweeps that may run, the highest
/// priority goes first; of equal ones the one with the fewest leases (fair share), then the one submitted first; within a sweep the longest
/// pack. A lease costs a look at each sweep that waits and the logarithm of its packs.
/// </summary>
internal sealed class LeaseBook
{
    private readonly Dictionary<SweepId, SweepPacks> _sweeps = [];
    private readonly Dictionary<Guid, HeldLease> _leases = [];
    private readonly PriorityQueue<Guid, DateTimeOffset> _deadlines = new();

    /// <summary>Packs that wait, those that are held back included.</summary>
    public int Waiting => _sweeps.Values.Sum(sweep => sweep.Known.Count) - _leases.Count;

    /// <summary>Packs that workers would get if there were enough of them: none of a paused sweep, and no more than its cap leaves.</summary>
    public int Leasable => _sweeps.Values.Sum(sweep => sweep.Leasable);

    /// <summary>Packs that are leased.</summary>
    public int Leased => _leases.Count;

    /// <summary>The leases that are held, by sweep and pack.</summary>
    /// <param name="limit">The first so many.</param>
    public LeaseStatus[] Leases(int limit) =>
        [.. _leases.Values.Select(lease => new LeaseStatus(lease.Sweep.Share.Sweep, lease.Pack.Number, lease.Worker, lease.Deadline, lease.Directive))
            .OrderBy(lease => lease.Sweep.Value, StringComparer.Ordinal).ThenBy(lease => lease.Pack).Take(limit)];

    /// <summary>Leases of a sweep.</summary>
    public int LeasedOf(SweepId sweep) => _sweeps.GetValueOrDefault(sweep)?.Leased ?? 0;

    /// <summary>What there is of a sweep.</summary>
    public SweepHolding Holding(SweepId sweep) => new(
        (_sweeps.GetValueOrDefault(sweep)?.Known.Count ?? 0) - LeasedOf(sweep),
        [.. _leases.Where(lease => lease.Value.Sweep.Share.Sweep == sweep).Select(lease => lease.Key)]);

    /// <summary>The time at which the longest waiting pack was offered; null when none waits.</summary>
    public DateTimeOffset? OldestWaiting => _sweeps.Values.SelectMany(sweep => sweep.Known.Values).Where(pack => pack.Lease is null).Min(pack => (DateTimeOffset?)pack.Offered);

    /// <summary>Adds packs; one that waits already stays as it is, and one that is leased waits again when its lease ends.</summary>
    /// <param name="share">How the sweep is treated from now on.</param>
    /// <param name="offers">The packs; one that names a lease is taken as held by it.</param>
    /// <param name="now">The time.</param>
    /// <param name="deadline">When such leases run out unless they are renewed.</param>
    public void Offer(SweepShare share, IEnumerable<PackOffer> offers, DateTimeOffset now, DateTimeOffset deadline)
    {
        var sweep = Configure(share);
        foreach (var offer in offers)
        {
            if (sweep.Known.TryGetValue(offer.Pack, out var known))
            {
                known.OfferedAgain = known.Lease is not null && known.Lease != offer.Lease;
                continue;
            }
            var pack = new KnownPack(offer.Pack, offer.Iterations, now);
            sweep.Known.Add(offer.Pack, pack);
            if (offer.Lease is { } lease && !_leases.ContainsKey(lease)) Hold(lease, sweep, pack, offer.Worker ?? "", deadline);
            else sweep.Enqueue(pack);
        }
    }

    /// <summary>Changes how a sweep is treated.</summary>
    public SweepPacks Configure(SweepShare share)
    {
        if (!_sweeps.TryGetValue(share.Sweep, out var sweep)) _sweeps.Add(share.Sweep, sweep = new SweepPacks(share));
        sweep.Share = share;
        return sweep;
    }

    /// <summary>Tells the leases of a sweep something; a harder word is not taken back by a softer one, but by <see cref="LeaseDirective.Continue"/>.</summary>
    public void Direct(SweepId sweep, LeaseDirective directive)
    {
        foreach (var lease in _leases.Values.Where(lease => lease.Sweep.Share.Sweep == sweep))
            if (directive == LeaseDirective.Continue || directive > lease.Directive) lease.Directive = directive;
    }

    /// <summary>Leases the next pack, or null.</summary>
    public Lease? Lease(string worker, DateTimeOffset now, DateTimeOffset deadline, TimeSpan renewEvery)
    {
        SweepPacks? best = null;
        foreach (var sweep in _sweeps.Values)
            if (sweep.MayLease(now) && (best is null || sweep.GoesBefore(best))) best = sweep;
        if (best is null) return null;
        var pack = best.Dequeue(now);
        var id = Guid.NewGuid();
        Hold(id, best, pack, worker, deadline);
        return new Lease(id, best.Share.Sweep, pack.Number, renewEvery);
    }

    /// <summary>Prolongs a lease and says what its worker shall do.</summary>
    public LeaseDirective Renew(Guid id, DateTimeOffset deadline)
    {
        if (!_leases.TryGetValue(id, out var lease)) return LeaseDirective.Lost;
        lease.Deadline = deadline;
        return lease.Directive;
    }

    /// <summary>Ends a lease; one that is not held any more is ignored, its pack is in other hands.</summary>
    /// <param name="id">The lease.</param>
    /// <param name="requeue">Whether the pack has work left.</param>
    /// <param name="notBefore">The pack waits at least until then.</param>
    /// <returns>Whose lease it was; null when it was not held.</returns>
    public (SweepId Sweep, int Pack, string Worker)? End(Guid id, bool requeue, DateTimeOffset notBefore)
    {
        if (!_leases.Remove(id, out var lease)) return null;
        var sweep = lease.Sweep;
        sweep.Leased--;
        lease.Pack.Lease = null;
        requeue |= lease.Pack.OfferedAgain;
        lease.Pack.OfferedAgain = false;
        if (requeue && !sweep.Withdrawn) sweep.Enqueue(lease.Pack, notBefore);
        else sweep.Known.Remove(lease.Pack.Number);
        if (sweep.Known.Count == 0) _sweeps.Remove(sweep.Share.Sweep);
        return (sweep.Share.Sweep, lease.Pack.Number, lease.Worker);
    }

    /// <summary>Leases whose deadline has passed. They stay held until they are ended.</summary>
    public IReadOnlyList<Guid> Overdue(DateTimeOffset now)
    {
        var overdue = new List<Guid>();
        while (_deadlines.TryPeek(out var id, out var due) && due <= now)
        {
            _deadlines.Dequeue();
            if (!_leases.TryGetValue(id, out var lease)) continue;
            // Renewals move the deadline without touching the heap; an entry that comes up early goes back.
            if (lease.Deadline <= now) overdue.Add(id);
            else _deadlines.Enqueue(id, lease.Deadline);
        }
        return overdue;
    }

    /// <summary>Forgets the waiting packs of a sweep and tells its leases to stop; their packs are forgotten as they end.</summary>
    public void Withdraw(SweepId id)
    {
        if (!_sweeps.TryGetValue(id, out var sweep)) return;
        sweep.Withdraw();
        Direct(id, LeaseDirective.Stop);
        if (sweep.Known.Count == 0) _sweeps.Remove(id);
    }

    private void Hold(Guid id, SweepPacks sweep, KnownPack pack, string worker, DateTimeOffset deadline)
    {
        pack.Lease = id;
        sweep.Leased++;
        _leases.Add(id, new HeldLease(sweep, pack, worker) { Deadline = deadline });
        _deadlines.Enqueue(id, deadline);
    }

    private sealed class HeldLease(SweepPacks sweep, KnownPack pack, string worker)
    {
        public SweepPacks Sweep { get; } = sweep;
        public KnownPack Pack { get; } = pack;
        public string Worker { get; } = worker;
        public required DateTimeOffset Deadline { get; set; }
        public LeaseDirective Directive { get; set; }
    }
}
