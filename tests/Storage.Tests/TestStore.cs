using AdaptCluster.Connections;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace AdaptCluster.Storage.Tests;

/// <summary>A store of a test's own, on either database, and what lies in its tables.</summary>
internal sealed class TestStore : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string? _folder;

    /// <summary>Seconds that a connection may take: a machine that is busy with other tests is no outage.</summary>
    private const int Connecting = 60;

    private TestStore(StoreDatabase database, string? folder, Action<IServiceCollection>? configure)
    {
        (Database, _folder) = (database, folder);
        var services = new ServiceCollection().AddStore(database);
        configure?.Invoke(services);
        _services = services.BuildServiceProvider();
    }

    public StoreDatabase Database { get; }

    public SweepStore Store => _services.GetRequiredService<SweepStore>();

    /// <summary>Makes a database.</summary>
    /// <param name="kind">"sqlite" or "postgres".</param>
    /// <param name="server">The server of the latter.</param>
    /// <param name="migration">The last migration to apply; null for all.</param>
    /// <param name="cluster">The cluster whose sweeps it sees.</param>
    /// <param name="configure">Changes the store's services.</param>
    public static async Task<TestStore> CreateAsync(
        string kind, PostgresServer server, string? migration = null, string cluster = ClusterJoin.DefaultCluster,
        Action<IServiceCollection>? configure = null)
    {
        var folder = kind == "sqlite" ? Directory.CreateTempSubdirectory("adaptcluster-store-").FullName : null;
        var database = folder is null
            ? StoreDatabase.Postgres(new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync()) { Timeout = Connecting }
                .ConnectionString, "test", cluster)
            : StoreDatabase.Sqlite(Path.Combine(folder, "store.db"), cluster);
        var store = new TestStore(database, folder, configure);
        if (migration is null) await store.Store.Schema.MigrateAsync();
        else await store.WithAsync(db => MigrateAsync(db, migration));
        return store;
    }

    /// <summary>Opens the same database once more, as another silo does.</summary>
    /// <param name="more">What its connection string says beside the first one's.</param>
    /// <param name="cluster">The cluster whose sweeps it sees.</param>
    public TestStore Beside(string more = "", string cluster = ClusterJoin.DefaultCluster) => new(
        Database.IsPostgres ? StoreDatabase.Postgres($"{Database.ConnectionString};{more}", "test", cluster)
            : StoreDatabase.Sqlite(Database.ToString(), cluster), null, null);

    /// <summary>Runs a statement of PostgreSQL in a transaction that stays open until it is disposed of.</summary>
    public async Task<IAsyncDisposable> LockAsync(string sql)
    {
        var connection = new NpgsqlConnection(Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("BEGIN;" + sql, connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    /// <summary>Closes its connections to PostgreSQL, and waits until the server has ended them.</summary>
    public async Task CloseAsync()
    {
        await WithAsync(db =>
        {
            NpgsqlConnection.ClearPool((NpgsqlConnection)db.Database.GetDbConnection());
            return Task.CompletedTask;
        });
        const string others =
            """SELECT count(*)::int AS "Value" FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()""";
        while ((await ReadAsync<int>(others))[0] > 0) await Task.Delay(20);
    }

    /// <summary>Runs statements.</summary>
    public Task ExecuteAsync(string sql) => WithAsync(db => db.Database.ExecuteSqlRawAsync(sql));

    /// <summary>Reads a column.</summary>
    /// <param name="sql">A query whose only column is called "Value".</param>
    public async Task<List<T>> ReadAsync<T>(string sql)
    {
        await using var db = await OpenAsync();
        return await db.Database.SqlQueryRaw<T>(sql).ToListAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (_folder is null) return;
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>As the program did that knew no later migration. EF's own way to stop at one wants time stamps before the names.</summary>
    private static async Task MigrateAsync(SweepDbContext db, string last)
    {
        var (assembly, history) = (db.GetService<IMigrationsAssembly>(), db.GetService<IHistoryRepository>());
        await history.CreateIfNotExistsAsync();
        foreach (var (id, type) in assembly.Migrations.Where(migration => string.CompareOrdinal(migration.Key, last) <= 0))
        {
            var operations = assembly.CreateMigration(type, db.Database.ProviderName!).UpOperations;
            await db.GetService<IMigrationCommandExecutor>().ExecuteNonQueryAsync(
                db.GetService<IMigrationsSqlGenerator>().Generate(operations), db.GetService<IRelationalConnection>());
            await db.Database.ExecuteSqlRawAsync(history.GetInsertScript(new HistoryRow(id, "test")));
        }
    }

    private async Task WithAsync(Func<SweepDbContext, Task> work)
    {
        await using var db = await OpenAsync();
        await work(db);
    }

    private Task<SweepDbContext> OpenAsync() => _services.GetRequiredService<IDbContextFactory<SweepDbContext>>().CreateDbContextAsync();
}
