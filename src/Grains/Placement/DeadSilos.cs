namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Silos that the cluster has declared dead but that do not know it yet, such as one that was suspended and resumed. They lose any work
/// that they start as soon as they learn of it. The result is cached per membership version, since every free worker is checked every two
/// seconds.
/// </summary>
/// <param name="membership">The cluster's members, including dead ones.</param>
internal sealed class DeadSilos(IClusterMembershipService membership)
{
    private (MembershipVersion Version, HashSet<string> Names)? _known;

    /// <summary>Whether a silo with this name was a member and is now dead.</summary>
    public bool Has(string name)
    {
        var members = membership.CurrentSnapshot;
        if (_known?.Version != members.Version) _known = (members.Version, Names(members.Members.Values));
        return _known.Value.Names.Contains(name);
    }

    /// <summary>Returns the names of dead silos. A name counts as alive if a later silo has it, such as a restarted pod.</summary>
    /// <param name="members">The cluster's members, including dead ones.</param>
    internal static HashSet<string> Names(IEnumerable<ClusterMember> members) =>
    [
        .. members.GroupBy(member => member.Name, StringComparer.Ordinal)
            .Where(lives => lives.All(member => member.Status == SiloStatus.Dead)).Select(lives => lives.Key),
    ];
}
