using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Storage;

/// <summary>
/// Reads the store of a home that no silo uses, without a silo. It is constructed directly, without a container or EF Core, because either
/// would take longer than everything that a command reads.
/// </summary>
public static class OfflineStore
{
    /// <summary>Opens a store for reading. The caller must keep silos away from it.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="pool">Returns the pool of sweeps that name none; called only if there is such a sweep.</param>
    /// <returns>A reader; null if a silo must open the store first: to migrate it, to refuse it, or because a killed process left sweeps in
    /// the state running.</returns>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<ISweepReads?> OpenAsync(string storeFile, Func<string> pool)
    {
        var store = Open(StoreDatabase.ReadOnlySqlite(storeFile));
        return await store.Sweeps.IsAtRestAsync() ? new SweepReader(store, pool, TimeProvider.System, atRest: true) : null;
    }

    /// <summary>Opens a store for reading.</summary>
    internal static SweepStore Open(StoreDatabase database) => new(
        new(() => throw new InvalidOperationException("This store was opened to be read, by plain SQL.")),
        database, new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, database, watches: false), TimeProvider.System,
        NullLogger<SweepStore>.Instance);
}
