using AdaptCluster.Storage;

namespace AdaptCluster.Bench.ScaleRun;

/// <summary>The tables of the benchmark's store.</summary>
internal static class Database
{
    public static async Task MigrateAsync(string connectionString)
    {
        await using var services = new ServiceCollection()
            .AddStore(StoreDatabase.Postgres(connectionString, "STORE")).BuildServiceProvider();
        await StoreServices.MigrateStoreAsync(services);
    }
}
