namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Silos that the cluster has declared dead and that do not know it yet, as one that was stopped and woke up: what they begin is lost when
/// they hear of it.
/// </summary>
internal static class DeadSilos
{
    /// <summary>
    /// Whether a silo of this name was a member and is dead. A later silo of the same name, as a restarted pod, is another.
    /// </summary>
    /// <param name="members">The cluster's members, the dead included.</param>
    /// <param name="name">The silo's name.</param>
    public static bool Has(IEnumerable<ClusterMember> members, string name)
    {
        var known = members.Where(member => member.Name == name).ToArray();
        return known.Length > 0 && known.All(member => member.Status == SiloStatus.Dead);
    }
}
