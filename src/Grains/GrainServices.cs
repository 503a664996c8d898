using AdaptCluster.Contracts;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AdaptCluster.Grains;

/// <summary>What a silo that hosts the grains must register.</summary>
public static class GrainServices
{
    /// <summary>Adds the store and the options of the grains. The host also registers an <see cref="Contracts.Planning.ICatalog"/>.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="storeFile">The SQLite file; its folder exists.</param>
    /// <param name="configureQueue">Changes lease times or the pool.</param>
    public static IServiceCollection AddSweepGrains(this IServiceCollection services, string storeFile, Action<QueueOptions> configureQueue)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddPooledDbContextFactory<SweepDbContext>(options => options.UseSqlite($"Data Source={storeFile};Default Timeout=30"));
        services.AddSingleton<SweepStore>();
        services.AddOptions<QueueOptions>().Configure(configureQueue)
            .Validate(o => o.RenewEvery > TimeSpan.Zero && o.LeaseDuration >= 3 * o.RenewEvery, "The lease must last at least three renewals.");
        return services;
    }

    /// <summary>Creates or checks the store. Call it before the silo starts, in the only process that uses the store: sweeps that claim to run do not.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be used.</exception>
    public static async Task PrepareStoreAsync(IServiceProvider services)
    {
        await services.GetRequiredService<SweepStore>().InitializeAsync();
        await ReleaseStoreAsync(services);
    }

    /// <summary>Marks sweeps that were running as interrupted. Call it when the silo has stopped.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task ReleaseStoreAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().MarkInterruptedAsync();
}
