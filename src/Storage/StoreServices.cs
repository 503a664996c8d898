using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>Provides the methods that a host uses to register, migrate, check, read and release the store.</summary>
public static class StoreServices
{
    /// <summary>The maximum number of ids that shell completion offers.</summary>
    private const int MostIds = 100;

    /// <summary>Registers the store, without the grains.</summary>
    /// <param name="services">The services.</param>
    /// <param name="database">The store's database.</param>
    /// <param name="watches">Whether the process uses the store continuously, so that it can report the start of an outage.</param>
    public static IServiceCollection AddStore(this IServiceCollection services, StoreDatabase database, bool watches = true)
    {
        services.AddLogging().TryAddSingleton(TimeProvider.System);
        services.AddSingleton(database);
        services.AddPooledDbContextFactory<SweepDbContext>(database.Configure);
        // The factory is created when it is first needed, because reading does not use it.
        services.AddSingleton(provider =>
            new Lazy<IDbContextFactory<SweepDbContext>>(provider.GetRequiredService<IDbContextFactory<SweepDbContext>>));
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<StoreFaults>(provider, watches)).AddSingleton<SweepStore>();
        return services;
    }

    /// <summary>
    /// Creates or migrates the store. This is idempotent, and on PostgreSQL safe when several processes do it at the same time.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be used.</exception>
    public static Task MigrateStoreAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Schema.MigrateAsync();

    /// <summary>Returns a plan with its number of cached jobs, whose results an embedded store already has. Only reads the store.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="plan">The plan.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<PlanPreview> PreviewAsync(string storeFile, SweepPlan plan)
    {
        await using var services = new ServiceCollection().AddStore(StoreDatabase.Sqlite(storeFile), watches: false).BuildServiceProvider();
        return await services.GetRequiredService<SweepStore>().Cache.PreviewAsync(plan);
    }

    /// <summary>Returns the ids of sweeps in an embedded store, newest first. Only reads the store.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="prefix">The prefix of the ids.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<string[]> SweepIdsAsync(string storeFile, string prefix) =>
        [.. await OfflineStore.Open(StoreDatabase.ReadOnlySqlite(storeFile)).Sweeps.FindSweepsAsync(prefix, MostIds)];

    /// <summary>Returns job ids from the newest matching sweep, in plan order. Only reads the store.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="sweepPrefix">The prefix of the sweep's id.</param>
    /// <param name="prefix">The prefix of the jobs' ids.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<string[]> JobIdsAsync(string storeFile, string sweepPrefix, string prefix)
    {
        var store = OfflineStore.Open(StoreDatabase.ReadOnlySqlite(storeFile));
        return await store.Sweeps.FindSweepsAsync(sweepPrefix, 1) is [var sweep]
            ? [.. (await store.Jobs.FindJobsAsync(new(sweep), prefix, MostIds)).Select(job => job.JobId)] : [];
    }

    /// <summary>
    /// Returns the keys that protect the web page's cookies, each as an XML element. All silos that use a store share its keys.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<IReadOnlyList<string>> CookieKeysAsync(IServiceProvider services) =>
        await services.GetRequiredService<SweepStore>().CookieKeys.CookieKeysAsync();

    /// <summary>Adds a key that protects the web page's cookies.</summary>
    /// <param name="services">The silo's services.</param>
    /// <param name="name">The key's name. An existing key with this name is not changed.</param>
    /// <param name="xml">The key, as an XML element.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task AddCookieKeyAsync(IServiceProvider services, string name, string xml) =>
        services.GetRequiredService<SweepStore>().CookieKeys.AddCookieKeyAsync(name, xml);

    /// <summary>Checks that the store exists and that its schema matches this program.</summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store does not exist, does not match, or cannot be reached.</exception>
    public static Task CheckStoreAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Schema.CheckSchemaAsync();

    /// <summary>Translates a database error into a message for users, without secrets. Returns null for any other error.</summary>
    /// <param name="error">The error, which can also come from Orleans' own queries.</param>
    public static StoreException? StoreFault(Exception error) => StoreFaults.DriverError(error) switch
    {
        null => error as StoreException,
        NpgsqlException postgres => PostgresFaults.Translate(postgres),
        var other => new StoreException($"the store failed: {other.Message.ReplaceLineEndings(" ")}"),
    };

    /// <summary>
    /// Claims the sweeps that belong to no cluster yet, such as sweeps written by earlier versions. Called when a silo starts.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task ClaimSweepsAsync(IServiceProvider services) => services.GetRequiredService<SweepStore>().Sweeps.ClaimAsync();

    /// <summary>
    /// Marks running sweeps as interrupted. Only a process that has exclusive use of a store may call this, before it starts its silo and
    /// after the silo has stopped.
    /// </summary>
    /// <param name="services">The silo's services.</param>
    /// <exception cref="AdaptClusterException">The store cannot be written.</exception>
    public static Task ReleaseStoreAsync(IServiceProvider services) =>
        services.GetRequiredService<SweepStore>().Sweeps.MarkInterruptedAsync();
}
