using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Storage;

/// <summary>
/// Opens the store of a home without a silo, for reading. The home must not be in use by a silo. The store is constructed without a service
/// container or EF Core, because either would take longer to start than a command takes to read.
/// </summary>
public static class OfflineStore
{
    /// <summary>Opens a store for reading. The caller must prevent silos from using it meanwhile.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="pool">The function that returns the pool for sweeps stored without a pool. It is called only if such a sweep
    /// exists.</param>
    /// <returns>
    /// A reader; null if a silo must open the store first, to migrate or refuse it, or because a killed process left sweeps marked as
    /// running.
    /// </returns>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<ISweepReads?> OpenAsync(string storeFile, Func<string> pool)
    {
        var store = Open(StoreDatabase.ReadOnlySqlite(storeFile));
        return await store.Sweeps.IsAtRestAsync() ? new SweepReader(store, pool, TimeProvider.System, atRest: true) : null;
    }

    /// <summary>Creates a store without EF Core, for reading with plain SQL.</summary>
    internal static SweepStore Open(StoreDatabase database) => new(
        new(() => throw new InvalidOperationException("This store was opened for reading with plain SQL.")),
        database, new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, database, watches: false), TimeProvider.System,
        NullLogger<SweepStore>.Instance);
}
