using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>Provides access to the tables: opens connections, runs transactions, and translates database errors for users.</summary>
internal sealed class StoreAccess(Lazy<IDbContextFactory<SweepDbContext>> contexts, StoreDatabase database, StoreFaults faults,
    TimeProvider time)
{
    /// <summary>The SQL condition for sweeps that belong to this cluster or to no cluster. Its parameter is <see cref="Own"/>.</summary>
    public const string IsMine = "cluster IN (@cluster, '')";

    public long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>The cluster whose sweeps are visible.</summary>
    public string Cluster => database.Cluster;

    public (string, object?) Own => ("cluster", database.Cluster);

    /// <summary>Runs a function in one transaction.</summary>
    /// <param name="work">The function that does the work.</param>
    /// <param name="limit">
    /// The time limit for each statement on PostgreSQL; null for the connection's setting, which is <see cref="StatementTime.Usual"/>.
    /// </param>
    public Task<T> TransactAsync<T>(Func<Sql, Task<T>> work, TimeSpan? limit = null) => ConnectAsync(async connection =>
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var sql = new Sql(connection, transaction, database.IsPostgres ? limit : null);
        var result = await work(sql);
        await transaction.CommitAsync();
        if (sql.Wrote) faults.Wrote();
        return result;
    });

    /// <summary>
    /// Opens a connection, runs a function on it and translates database errors for users. The function runs on another thread, because
    /// SQLite's driver blocks its thread, and a grain must respond to calls while it waits for the store.
    /// </summary>
    public Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work) => GuardAsync(async () =>
    {
        await using var connection = await database.OpenAsync();
        return await work(connection);
    });

    /// <summary>
    /// Applies migrations through EF Core. Nothing else uses EF Core, because building its model takes longer than all reads of a command.
    /// </summary>
    public Task MigrateAsync() => GuardAsync(async () =>
    {
        await using var db = await contexts.Value.CreateDbContextAsync();
        if (database.IsPostgres) db.Database.SetCommandTimeout(StatementTime.Migration);
        await db.Database.MigrateAsync();
        return true;
    });

    private Task<T> GuardAsync<T>(Func<Task<T>> work) => Task.Run(async () =>
    {
        try
        {
            var result = await work();
            faults.Answered();
            return result;
        }
        catch (Exception e) when (StoreFaults.DriverError(e) is not null)
        {
            throw faults.Translate(e)!;
        }
    });
}

/// <summary>
/// The connection and transaction in which statements run, and the time limit for each statement; null for the connection's setting.
/// </summary>
internal sealed record Sql(DbConnection Connection, DbTransaction Transaction, TimeSpan? Limit)
{
    /// <summary>Whether the store has accepted a write, even a write that changed no row.</summary>
    public bool Wrote { get; set; }

    /// <summary>Reads rows.</summary>
    public async Task<List<T>> QueryAsync<T>(string text, Func<DbDataReader, T> read, params (string Name, object? Value)[] parameters)
    {
        await using var command = Connection.Command(Transaction, text).With(parameters);
        if (Limit is { } limit) command.CommandTimeout = (int)limit.TotalSeconds;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(read(reader));
        return rows;
    }

    /// <summary>Runs a command.</summary>
    /// <returns>The number of rows that the command changed.</returns>
    public async Task<int> ExecuteAsync(string text, params (string Name, object? Value)[] parameters)
    {
        await using var command = Connection.Command(Transaction, text).With(parameters);
        if (Limit is { } limit) command.CommandTimeout = (int)limit.TotalSeconds;
        var changed = await command.ExecuteNonQueryAsync();
        Wrote = true;
        return changed;
    }
}
