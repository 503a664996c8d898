using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Queue;

/// <summary>Which packs wait and which are leased until when: the queue's rules, without grains or clocks.</summary>
internal sealed class LeaseBook
{
    private readonly PriorityQueue<PackOffer, (long, long)> _waiting = new();
    private readonly Dictionary<(SweepId, int), PackOffer> _known = [];
    private readonly Dictionary<Guid, (PackOffer Offer, DateTimeOffset Deadline)> _leases = [];
    private long _offered;

    /// <summary>Packs that wait.</summary>
    public int Waiting => _known.Count - _leases.Count;

    /// <summary>Packs that are leased.</summary>
    public int Leased => _leases.Count;

    /// <summary>Adds a pack; one that waits or is leased already stays as it is.</summary>
    public void Offer(PackOffer offer)
    {
        if (_known.TryAdd((offer.Sweep, offer.Pack), offer)) Enqueue(offer);
    }

    /// <summary>Leases the longest waiting pack (ties: the one offered first), or null.</summary>
    public (Guid Id, PackOffer Offer)? Lease(DateTimeOffset deadline)
    {
        while (_waiting.TryDequeue(out var offer, out _))
        {
            // Withdrawn packs stay in the heap until they come up; another offer of the same pack is another object.
            if (!_known.TryGetValue((offer.Sweep, offer.Pack), out var current) || !ReferenceEquals(current, offer)) continue;
            var id = Guid.NewGuid();
            _leases.Add(id, (offer, deadline));
            return (id, offer);
        }
        return null;
    }

    /// <summary>Prolongs a lease; false when it is not held.</summary>
    public bool Renew(Guid id, DateTimeOffset deadline)
    {
        if (!_leases.TryGetValue(id, out var lease)) return false;
        _leases[id] = lease with { Deadline = deadline };
        return true;
    }

    /// <summary>Ends a lease; a lease that is not held any more is ignored, its pack is in other hands.</summary>
    public void End(Guid id, bool requeue)
    {
        if (!_leases.Remove(id, out var lease)) return;
        if (requeue) Enqueue(lease.Offer);
        else _known.Remove((lease.Offer.Sweep, lease.Offer.Pack));
    }

    /// <summary>Puts the packs of overdue leases back.</summary>
    /// <returns>What expired.</returns>
    public IReadOnlyList<PackOffer> Expire(DateTimeOffset now)
    {
        var overdue = _leases.Where(lease => lease.Value.Deadline <= now).ToList();
        foreach (var (id, _) in overdue) End(id, requeue: true);
        return [.. overdue.Select(lease => lease.Value.Offer)];
    }

    /// <summary>Forgets a sweep's packs, waiting or leased.</summary>
    public void Withdraw(SweepId sweep)
    {
        foreach (var key in _known.Keys.Where(key => key.Item1 == sweep).ToList()) _known.Remove(key);
        foreach (var id in _leases.Where(lease => lease.Value.Offer.Sweep == sweep).Select(lease => lease.Key).ToList()) _leases.Remove(id);
    }

    private void Enqueue(PackOffer offer) => _waiting.Enqueue(offer, (-offer.Iterations, _offered++));
}
