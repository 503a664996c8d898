using AdaptCluster.Grains.Audit;
using AdaptCluster.Grains.Faults;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Sweeps;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace AdaptCluster.Grains;

/// <summary>Registers the services that a silo needs to host grains.</summary>
public static class GrainServices
{
    /// <summary>
    /// Registers the store, the grains' options and the services that the grains need. The host must also register an
    /// <see cref="Contracts.Planning.ICatalog"/> and a <see cref="AdaptCluster.Sweeps.Methods.MethodCatalog"/>.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="database">The store's database.</param>
    /// <param name="configureQueue">The callback that sets the lease times and the pool.</param>
    public static IServiceCollection AddSweepGrains(
        this IServiceCollection services, StoreDatabase database, Action<QueueOptions> configureQueue)
    {
        services.AddStore(database).AddControlSiloPlacement();
        services.AddSingleton<IIncomingGrainCallFilter, CallerFilter>().AddSingleton<AuditLog>();
        services.AddSingleton<IIncomingGrainCallFilter, GrainFaultFilter>();
        // The collector uses the wall clock. If the clock is set back by more than the collection age, the collector refuses activations.
        services.Configure<GrainCollectionOptions>(o => o.CollectionAge = TimeSpan.FromDays(7));
        services.AddSingleton<PlanningQueue>().AddSingleton<JobQuota>();
        services.AddSingleton<PublishedSweeps>();
        services.AddSingleton<QueueInstruments>().AddSingleton<SweepInstruments>().AddSingleton<CellInstruments>();
        services.AddOptions<QueueOptions>().Configure(configureQueue)
            .Validate(o => o.RenewEvery > TimeSpan.Zero && o.LeaseDuration >= 3 * o.RenewEvery,
                "LeaseDuration must be at least three times RenewEvery, which must be positive.");
        return services;
    }
}
