using AdaptCluster.Sweeps.Planning;
using Orleans.Runtime.MembershipService.SiloMetadata;

namespace AdaptCluster.Grains.Placement;

/// <summary>The pools that the members of a cluster serve.</summary>
internal static class MemberPools
{
    /// <summary>Reads the pools that active silos have declared.</summary>
    public static ServedPools Of(IClusterMembershipService membership, ISiloMetadataCache metadata) =>
        ServedPools.Of(membership.CurrentSnapshot.Members.Values
            .Where(member => member.Status == SiloStatus.Active)
            .Select(member => metadata.GetSiloMetadata(member.SiloAddress).Metadata));
}
