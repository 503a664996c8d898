using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;

namespace AdaptCluster.Silo.Hosting;

/// <summary>The metadata that a silo publishes to the other silos.</summary>
internal static class SiloMetadata
{
    public static Dictionary<string, string> Of(SiloSettings settings) => new()
    {
        [SiloMetadataKeys.Name] = settings.Name,
        [SiloMetadataKeys.Role] = settings.Role,
        [SiloMetadataKeys.Pool] = settings.Pool,
        [SiloMetadataKeys.Device] = settings.Device,
        [SiloMetadataKeys.Workers] = settings.Workers.ToString(CultureInfo.InvariantCulture),
        [SiloMetadataKeys.Trainer] = TrainerVersion.Current.ToString(CultureInfo.InvariantCulture),
        [SiloMetadataKeys.Lanes] = settings.Lanes.ToString(CultureInfo.InvariantCulture),
        [SiloMetadataKeys.MemoryMebibytes] = (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20).ToString(CultureInfo.InvariantCulture),
    };
}
