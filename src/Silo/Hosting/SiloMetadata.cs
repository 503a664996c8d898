using System.Globalization;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Silo.Hosting;

/// <summary>What a silo declares to the others.</summary>
internal static class SiloMetadata
{
    public static Dictionary<string, string> Of(SiloSettings settings) => new()
    {
        [SiloMetadataKeys.Name] = settings.Name,
        [SiloMetadataKeys.Role] = settings.Role,
        [SiloMetadataKeys.Pool] = settings.Pool,
        [SiloMetadataKeys.Device] = settings.Device,
        [SiloMetadataKeys.MemoryMebibytes] = (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20).ToString(CultureInfo.InvariantCulture),
    };
}
