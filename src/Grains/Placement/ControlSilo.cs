using Microsoft.Extensions.DependencyInjection;
using Orleans.Placement;
using Orleans.Runtime.MembershipService.SiloMetadata;
using Orleans.Runtime.Placement;

namespace AdaptCluster.Grains.Placement;

/// <summary>The names under which a silo declares what it is.</summary>
public static class SiloMetadataKeys
{
    /// <summary>"control", "gpu" or "all".</summary>
    public const string Role = "role";

    /// <summary>The pool whose queue its workers serve.</summary>
    public const string Pool = "pool";

    /// <summary>The device its workers train on.</summary>
    public const string Device = "device";

    /// <summary>Memory of that device in MiB.</summary>
    public const string MemoryMebibytes = "memory-mib";

    /// <summary>The name it is known by.</summary>
    public const string Name = "name";

    /// <summary>How many workers it has.</summary>
    public const string Workers = "workers";

    /// <summary>The trainer version that its workers run.</summary>
    public const string Trainer = "trainer";

    /// <summary>The role of silos that only train.</summary>
    public const string GpuRole = "gpu";

    /// <summary>The role of silos that only host the grains.</summary>
    public const string ControlRole = "control";
}

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
