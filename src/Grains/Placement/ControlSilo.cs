using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Keeps a grain off silos that only train, so that a libtorch crash there loses no sweep's in-memory state. Orleans' own metadata
/// filters compare a silo with the one that places the grain, which says nothing about roles.
/// </summary>
/// <param name="order">The filter's position among a grain's filters.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ControlSiloAttribute(int order) : PlacementFilterAttribute(new ControlSiloStrategy(order));

/// <summary>The form of the filter that Orleans stores with the grain type.</summary>
internal sealed class ControlSiloStrategy(int order) : PlacementFilterStrategy(order)
{
    public ControlSiloStrategy() : this(0)
    {
    }
}

/// <summary>Applies the filter.</summary>
internal sealed class ControlSiloDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target,
        IEnumerable<SiloAddress> silos) =>
        // A silo that has just joined has no metadata yet. It is left out until its role is known, and the caller tries again.
        silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.TryGetValue(SiloMetadataKeys.Role, out var role)
            && role != SiloMetadataKeys.GpuRole);
}

/// <summary>Registers the filter, which every silo needs.</summary>
public static class PlacementServices
{
    /// <summary>Adds the filter.</summary>
    public static IServiceCollection AddControlSiloPlacement(this IServiceCollection services) =>
        services.AddPlacementFilter<ControlSiloStrategy, ControlSiloDirector>(ServiceLifetime.Transient);
}
