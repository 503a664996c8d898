using System.Collections.Concurrent;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Storage;

/// <summary>
/// The plans that somebody in this process holds, so that the grains of one sweep hold one between them. A sweep's plan is cut once and
/// never changes. What nobody holds any more is not kept.
/// </summary>
internal sealed class PlanCache
{
    /// <summary>
    /// Entries whose plans are gone are removed when there are twice as many entries as at the last look, but at least so many.
    /// </summary>
    private const int FewEntries = 64;

    private readonly ConcurrentDictionary<string, WeakReference<SweepPlan>> _plans = new();
    private int _lookAt = FewEntries;

    /// <summary>The entries, with those whose plans are gone.</summary>
    public int Count => _plans.Count;

    /// <summary>The plan of a sweep, read only where nobody holds it.</summary>
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
