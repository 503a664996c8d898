using System.Collections.Concurrent;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Storage;

/// <summary>
/// Caches the plans that are in use in this process, so that a sweep's grains share one plan object. A sweep's plan never changes. The
/// cache holds weak references, so it does not keep unused plans alive.
/// </summary>
internal sealed class PlanCache
{
    /// <summary>
    /// The minimum number of entries that triggers a clean-up. A clean-up removes the entries of plans that have been garbage-collected. It
    /// runs when the cache has twice as many entries as after the last clean-up, but at least this many.
    /// </summary>
    private const int FewEntries = 64;

    private readonly ConcurrentDictionary<string, WeakReference<SweepPlan>> _plans = new();
    private int _lookAt = FewEntries;

    /// <summary>The number of entries, including entries whose plans have been garbage-collected.</summary>
    public int Count => _plans.Count;

    /// <summary>Returns a sweep's plan. Reads it only if the cache does not contain it.</summary>
    public SweepPlan Get(string sweep, Func<SweepPlan> read)
    {
        if (_plans.TryGetValue(sweep, out var known) && known.TryGetTarget(out var held)) return held;
        var plan = read();
        _plans[sweep] = new(plan);
        if (_plans.Count >= Volatile.Read(ref _lookAt)) RemoveGone();
        return plan;
    }

    private void RemoveGone()
    {
        foreach (var entry in _plans)
            if (!entry.Value.TryGetTarget(out _)) _plans.TryRemove(entry);
        Volatile.Write(ref _lookAt, Math.Max(FewEntries, 2 * _plans.Count));
    }
}
