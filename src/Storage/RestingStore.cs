using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Storage;

/// <summary>
/// The store of a home that no silo uses, read without one. Made by hand instead of by a container, and without EF Core: either would take
/// longer than all that a command reads.
/// </summary>
public static class RestingStore
{
    /// <summary>Opens a store that is only read; the caller keeps silos away from it.</summary>
    /// <param name="storeFile">The SQLite file.</param>
    /// <param name="pool">The pool of sweeps that name none; asked for only when there is one.</param>
    /// <returns> What there is to read; null where a silo must go through the store first: to bring it up to date, to refuse it, or because
    /// a killed process left sweeps that say they run.
    /// </returns>
    /// <exception cref="AdaptClusterException">The store cannot be read.</exception>
    public static async Task<ISweepReads?> OpenAsync(string storeFile, Func<string> pool)
    {
        var store = Open(StoreDatabase.ReadOnlySqlite(storeFile));
        return await store.Sweeps.IsAtRestAsync() ? new SweepReader(store, pool, TimeProvider.System, atRest: true) : null;
    }

    /// <summary>A store that is only read.</summary>
    internal static SweepStore Open(StoreDatabase database) => new(
        new(() => throw new InvalidOperationException("This store was opened to be read, by plain SQL.")),
        database, new StoreFaults(TimeProvider.System, NullLogger<StoreFaults>.Instance, database, watches: false), TimeProvider.System,
        NullLogger<SweepStore>.Instance);
}
