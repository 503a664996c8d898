using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>The store as a host sees it: registered, made, checked and handed over.</summary>
public static class StoreServices
{
    /// <summary>More ids than these nobody chooses from.</summary>
    private const int MostIds = 100;

    /// <summary>Adds the store alone.</summary>
    /// <param name="services">Services.</param>
    /// <param name="database">Where the store is.</param>
    /// <param name="watches">Whether the process watches the store, and so knows since when it fails.</param>
    public static IServiceCollection AddStore(this IServiceCollection services, StoreDatabase database, bool watches = true)
    {
        services.AddLogging().TryAddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddPooledDbContextFactory<SweepDbContext>(database.Configure);
        // Made when it is first needed: reading does without it.
        services.AddSingleton(provider =>
            new Lazy<IDbContextFactory<SweepDbContext>>(provider.GetRequiredService<IDbContextFactory<SweepDbContext>>));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<StoreFaults>(provider, watches)).AddSingleton<SweepStore>();
        return services;
    }

    /// <summary>Makes the store, or brings it up to date; safe to run twice, and in several processes at once on PostgreSQL.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be used.</exception>
    public static Task MigrateStoreAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Schema.MigrateAsync();

    /// <summary>A plan with what an embedded store knows of it; reads only.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="plan">The plan.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<PlanPreview> PreviewAsync(string storeFile, SweepPlan plan)
    {
        await using var services = new ServiceCollection().AddStore(StoreDatabase.Sqlite(storeFile), watches: false).BuildServiceProvider();
        return await services.GetRequiredService<SweepStore>().Cache.PreviewAsync(plan);
    }

    /// <summary>Ids of the sweeps of an embedded store, newest first; reads only.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="prefix">What they begin with.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<string[]> SweepIdsAsync(string storeFile, string prefix) =>
        [.. await RestingStore.Open(StoreDatabase.ReadOnlySqlite(storeFile)).Sweeps.FindSweepsAsync(prefix, MostIds)];

    /// <summary>Ids of the jobs of the newest sweep that fits, in the plan's order; reads only.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="sweepPrefix">What the sweep's id begins with.</param>
    /// <param name="prefix">What theirs begin with.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<string[]> JobIdsAsync(string storeFile, string sweepPrefix, string prefix)
    {
        var store = RestingStore.Open(StoreDatabase.ReadOnlySqlite(storeFile));
        return await store.Sweeps.FindSweepsAsync(sweepPrefix, 1) is [var sweep]
            ? [.. (await store.Jobs.FindJobsAsync(new(sweep), prefix, MostIds)).Select(job => job.JobId)] : [];
    }

    /// <summary>The keys of the web page's cookies, which all silos of a store share; each is an XML element.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<IReadOnlyList<string>> CookieKeysAsync(IServiceProvider services) =>
        await services.GetRequiredService<SweepStore>().CookieKeys.CookieKeysAsync();

    /// <summary>Adds such a key.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">Its name; a key of this name that is there stays as it is.</param>
    /// <param name="xml">The key, an XML element.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task AddCookieKeyAsync(IServiceProvider services, string name, string xml) =>
        services.GetRequiredService<SweepStore>().CookieKeys.AddCookieKeyAsync(name, xml);

    /// <summary>Checks that the store is there and of this version.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">It is not, or it cannot be reached.</exception>
    public static Task CheckStoreAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Schema.CheckSchemaAsync();

    /// <summary>An error of the store's database, in the user's words and without secrets; null for any other error.</summary>
    /// <param name="error">The error, such as one of Orleans' own queries.</param>
    public static StoreException? StoreFault(Exception error) => StoreFaults.DriverError(error) switch
    {
        null => error as StoreException,
        NpgsqlException postgres => PostgresFaults.Translate(postgres),
        var other => new StoreException($"the store failed: {other.Message.ReplaceLineEndings(" ")}"),
    };

    /// <summary>Claims the sweeps that belong to no cluster yet, which those of earlier versions do not: for a silo that starts.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task ClaimSweepsAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Sweeps.ClaimAsync();

    /// <summary>
    /// Marks sweeps that were running as interrupted: for the only process that uses a store, before it starts and when it has stopped.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task ReleaseStoreAsync(IServiceProvider services) =>
        services.GetRequiredService<SweepStore>().Sweeps.MarkInterruptedAsync();
}
