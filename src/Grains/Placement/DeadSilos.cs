namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Finds silos that the cluster has declared dead but that are not aware of it yet, such as a silo that was suspended and resumed. Any work
/// that such a silo starts is lost as soon as it learns that it is dead. The result is cached per membership version, because every free
/// worker is checked every two seconds.
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

    /// <summary>Returns the names of dead silos. A name is left out if a later silo reuses it, as a restarted pod does.</summary>
    /// <param name="members">The cluster's members, including dead ones.</param>
    internal static HashSet<string> Names(IEnumerable<ClusterMember> members) =>
    [
        .. members.GroupBy(member => member.Name, StringComparer.Ordinal)
            .Where(lives => lives.All(member => member.Status == SiloStatus.Dead)).Select(lives => lives.Key),
    ];
}
