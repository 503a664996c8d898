using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Keeps a grain off silos that only train, so that a libtorch crash there loses no sweep's in-memory state. Orleans' built-in metadata
/// filters compare a silo with the silo that places the grain, so they cannot select silos by role.
/// </summary>
/// <param name="order">The filter's position among a grain's filters.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ControlSiloAttribute(int order) : PlacementFilterAttribute(new ControlSiloStrategy(order));

/// <summary>The filter strategy that Orleans stores with the grain type.</summary>
internal sealed class ControlSiloStrategy(int order) : PlacementFilterStrategy(order)
{
    public ControlSiloStrategy() : this(0)
    {
    }
}

/// <summary>Applies the <see cref="ControlSiloAttribute"/> filter.</summary>
internal sealed class ControlSiloDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target,
        IEnumerable<SiloAddress> silos) =>
        // A silo that has just joined has no metadata yet. It is excluded until its role is known, and the caller tries again.
        silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.TryGetValue(SiloMetadataKeys.Role, out var role)
            && role != SiloMetadataKeys.GpuRole);
}

/// <summary>Registers the placement filter, which every silo needs.</summary>
public static class PlacementServices
{
    /// <summary>Adds the placement filter that keeps grains off silos that only train.</summary>
    public static IServiceCollection AddControlSiloPlacement(this IServiceCollection services) =>
        services.AddPlacementFilter<ControlSiloStrategy, ControlSiloDirector>(ServiceLifetime.Transient);
}
