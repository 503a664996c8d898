using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace AdaptCluster.Grains.Placement;

/// <summary>
/// Keeps a grain off the silos that only train: when libtorch takes such a process down, no sweep's memory goes with it. Orleans' own
/// metadata filters compare a silo with the placing one, which says nothing about roles.
/// </summary>
/// <param name="order">The filter's place among a grain's filters.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ControlSiloAttribute(int order) : PlacementFilterAttribute(new ControlSiloStrategy(order));

/// <summary>The filter as Orleans stores it with the grain's type.</summary>
internal sealed class ControlSiloStrategy(int order) : PlacementFilterStrategy(order)
{
    public ControlSiloStrategy() : this(0)
    {
    }
}

/// <summary>The filter itself.</summary>
internal sealed class ControlSiloDirector(ISiloMetadataCache metadata) : IPlacementFilterDirector
{
    public IEnumerable<SiloAddress> Filter(PlacementFilterStrategy filterStrategy, PlacementTarget target,
        IEnumerable<SiloAddress> silos) =>
        // A silo that has just joined shows nothing yet; it is left out until its role is known, and the caller tries again.
        silos.Where(silo => metadata.GetSiloMetadata(silo).Metadata.TryGetValue(SiloMetadataKeys.Role, out var role)
            && role != SiloMetadataKeys.GpuRole);
}

/// <summary>Registration of the filter, which every silo needs.</summary>
public static class PlacementServices
{
    /// <summary>Adds the filter.</summary>
    public static IServiceCollection AddControlSiloPlacement(this IServiceCollection services) =>
        services.AddPlacementFilter<ControlSiloStrategy, ControlSiloDirector>(ServiceLifetime.Transient);
}
