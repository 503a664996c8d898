using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Planning;

/// <summary>
/// Decides how many seeds of a data set's jobs one pack has: as many as fill the lanes of the workers. If there are more seeds, they are
/// spread over several packs, so that losing a worker costs less.
/// </summary>
public static class PackWidth
{
    /// <summary>The number of lanes to plan for at least. Workers with fewer lanes train a pack's jobs in several steps.</summary>
    public const int FewestLanes = 16;

    /// <summary>Returns the number of seeds per pack.</summary>
    /// <param name="groups">The plan's groups.</param>
    /// <param name="seeds">The number of the plan's seeds.</param>
    /// <param name="lanes">The number of lanes of the workers.</param>
    public static int SeedsPerPack(IEnumerable<PlannedGroup> groups, int seeds, int lanes)
    {
        var trained = groups.Where(group => group.Iterations > 0).CountBy(group => group.PackGroup).Select(pack => pack.Value)
            .DefaultIfEmpty(1).Max();
        return Math.Clamp(Math.Max(FewestLanes, lanes) / trained, 1, seeds);
    }

    /// <summary>
    /// Returns a plan with packs no wider than those for <see cref="FewestLanes"/>, so that a sweep's id does not depend on the devices
    /// that its pool has when it is submitted.
    /// </summary>
    /// <param name="plan">The plan.</param>
    public static SweepPlan WithoutDevice(SweepPlan plan) => plan with
    {
        SeedsPerPack = Math.Min(plan.SeedsPerPack, SeedsPerPack(plan.Groups, Math.Max(1, plan.Seeds.Length), FewestLanes)),
    };
}
