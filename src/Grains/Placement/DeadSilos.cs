namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Silos that the cluster has declared dead and that do not know it yet, as one that was stopped and woke up: what they begin is lost when
/// they hear of it. The members are gone through once for each change among them, since every free worker is looked up every two seconds.
/// </summary>
/// <param name="membership">The cluster's members, the dead included.</param>
internal sealed class DeadSilos(IClusterMembershipService membership)
{
    private (MembershipVersion Version, HashSet<string> Names)? _known;

    /// <summary>Whether a silo of this name was a member and is dead.</summary>
    public bool Has(string name)
    {
        var members = membership.CurrentSnapshot;
        if (_known?.Version != members.Version) _known = (members.Version, Names(members.Members.Values));
        return _known.Value.Names.Contains(name);
    }

    /// <summary>The names of silos that are dead. A later silo of the same name, as a restarted pod, is another.</summary>
    /// <param name="members">The cluster's members, the dead included.</param>
    internal static HashSet<string> Names(IEnumerable<ClusterMember> members) =>
    [
        .. members.GroupBy(member => member.Name, StringComparer.Ordinal)
            .Where(lives => lives.All(member => member.Status == SiloStatus.Dead)).Select(lives => lives.Key),
    ];
}
