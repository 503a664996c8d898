using System.Data.Common;
using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>Which database the store is in: a SQLite file of one process, or PostgreSQL for a cluster.</summary>
public sealed class StoreDatabase
{
    internal const string PostgresProvider = "Npgsql.EntityFrameworkCore.PostgreSQL";

    /// <summary>The cluster of silos that are not told another one.</summary>
    public const string DefaultCluster = "adaptcluster";

    /// <summary>The cluster of silos by themselves.</summary>
    public const string LocalCluster = "adaptcluster-local";

    /// <summary>
    /// Most connections that one process opens to PostgreSQL: for the store, and for Orleans' membership and reminders. What only trains
    /// asks the store once when it starts. Those that host the grains write one transaction for each sweep at a time, and beyond these wait
    /// for each other.
    /// </summary>
    private const int GrainsConnections = 20, GrainsOrleansConnections = 4, WorkerConnections = 1, WorkerOrleansConnections = 2;

    /// <summary>Seconds after which a connection that nobody uses is closed.</summary>
    private const int IdleSeconds = 60;

    private StoreDatabase(string connectionString, bool isPostgres, string cluster) =>
        (ConnectionString, IsPostgres, Cluster) = (connectionString, isPostgres, cluster);

    /// <summary>The connection string; holds a password, so it is never logged.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string of Orleans' membership and reminders, with a pool of their own; holds a password, so it is never logged.
    /// </summary>
    public string OrleansConnectionString { get => field ?? ConnectionString; private init; }

    /// <summary>The cluster whose sweeps are seen; those of others in the same database are not.</summary>
    public string Cluster { get; }

    /// <summary>PostgreSQL rather than SQLite.</summary>
    public bool IsPostgres { get; }

    /// <summary>A SQLite file; its folder exists.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    public static StoreDatabase Sqlite(string file, string cluster = LocalCluster) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ConnectionString, isPostgres: false, cluster);

    /// <summary>A SQLite file that is only read, and left as it is.</summary>
    /// <param name="file">The file.</param>
    public static StoreDatabase ReadOnlySqlite(string file) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30, Mode = SqliteOpenMode.ReadOnly }.ConnectionString,
            isPostgres: false, LocalCluster);

    /// <summary>A PostgreSQL database.</summary>
    /// <param name="connectionString">As Npgsql takes it, such as "Host=db;Database=adaptcluster;Username=adapt".</param>
    /// <param name="name">Where it was written, for errors.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    /// <exception cref="InvalidInputException">It cannot be read; the message leaves its values out.</exception>
    public static StoreDatabase Postgres(string connectionString, string name, string cluster = DefaultCluster)
    {
        try
        {
            // The statements are few and short: prepared once on each connection, they cost the server half.
            var builder = new NpgsqlConnectionStringBuilder(connectionString) { MaxAutoPrepare = 64, AutoPrepareMinUsages = 2 };
            if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = (int)StatementTime.Usual.TotalSeconds;
            if (string.IsNullOrEmpty(builder.Host))
                throw new InvalidInputException($"{name}: no Host in it; write Host=…;Database=…;Username=….");
            return new(builder.ConnectionString, isPostgres: true, cluster);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException(
                $"{name}: no connection string of PostgreSQL ({e.Message}); write Host=…;Database=…;Username=….", e);
        }
    }

    /// <summary>The same database for one process, which is known there by its name and opens a bounded number of connections.</summary>
    /// <param name="name">The process: what <c>pg_stat_activity</c> shows, unless the connection string has an application name.</param>
    /// <param name="hostsGrains">Whether it hosts grains.</param>
    public StoreDatabase For(string name, bool hostsGrains)
    {
        if (!IsPostgres) return this;
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        var given = builder.ShouldSerialize("Maximum Pool Size") ? builder.MaxPoolSize : (int?)null;
        if (!builder.ShouldSerialize("Application Name")) builder.ApplicationName = name;
        if (!builder.ShouldSerialize("Connection Idle Lifetime")) builder.ConnectionIdleLifetime = IdleSeconds;
        // The driver refuses a smallest pool that is larger than the largest.
        var least = builder.MinPoolSize;
        builder.MaxPoolSize = hostsGrains ? given ?? GrainsConnections : WorkerConnections;
        builder.MinPoolSize = Math.Min(least, builder.MaxPoolSize);
        var store = builder.ConnectionString;
        // Another size is another pool, and so is another kind of pool: Orleans' connections are its own.
        builder.MaxPoolSize = Math.Min(given ?? int.MaxValue, hostsGrains ? GrainsOrleansConnections : WorkerOrleansConnections);
        builder.MinPoolSize = Math.Min(least, builder.MaxPoolSize);
        return new(store, IsPostgres, Cluster) { OrleansConnectionString = builder.ConnectionString };
    }

    /// <summary>An open connection.</summary>
    internal async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = IsPostgres ? Postgres() : Sqlite();
        try
        {
            await connection.OpenAsync();
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    // In methods of their own, so that only the driver that is used is loaded.
    private NpgsqlConnection Postgres() => new NpgsqlConnection(ConnectionString);

    private SqliteConnection Sqlite() => new SqliteConnection(ConnectionString);

    internal void Configure(DbContextOptionsBuilder options)
    {
        if (IsPostgres) options.UseNpgsql(ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations"));
        else options.UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable("migrations"));
        // The migrations are written by hand for both databases and a test compares them with the model, so there is no snapshot to
        // compare.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }

    /// <summary>Name and place without secrets, for people.</summary>
    public override string ToString()
    {
        if (!IsPostgres) return new SqliteConnectionStringBuilder(ConnectionString).DataSource;
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database}";
    }
}
