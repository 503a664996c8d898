using System.Data.Common;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>The database of the store: a SQLite file for a single process, or PostgreSQL for a cluster.</summary>
public sealed class StoreDatabase
{
    internal const string PostgresProvider = "Npgsql.EntityFrameworkCore.PostgreSQL";

    private readonly PostgresAddress? _postgres;

    private StoreDatabase(string sqlite, string cluster) => (ConnectionString, Cluster) = (sqlite, cluster);

    private StoreDatabase(PostgresAddress postgres, string cluster) : this(postgres.ConnectionString, cluster) => _postgres = postgres;

    /// <summary>The connection string. It contains a password, so it is never logged.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string for Orleans' membership and reminders, which use a separate connection pool. It contains a password, so it is
    /// never logged.
    /// </summary>
    public string OrleansConnectionString => _postgres?.OrleansConnectionString ?? ConnectionString;

    /// <summary>The cluster whose sweeps are visible. Sweeps of other clusters in the same database are hidden.</summary>
    public string Cluster { get; }

    /// <summary>Whether the database is PostgreSQL rather than SQLite.</summary>
    public bool IsPostgres => _postgres is not null;

    /// <summary>Creates a store database for a SQLite file. The file's folder must exist.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cluster">The cluster whose sweeps are visible.</param>
    public static StoreDatabase Sqlite(string file, string cluster = ClusterJoin.LocalCluster) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ConnectionString, cluster);

    /// <summary>Creates a store database for a SQLite file that is only read.</summary>
    /// <param name="file">The file.</param>
    public static StoreDatabase ReadOnlySqlite(string file) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30, Mode = SqliteOpenMode.ReadOnly }.ConnectionString,
            ClusterJoin.LocalCluster);

    /// <summary>Creates a store database for a PostgreSQL database.</summary>
    /// <param name="address">The database's address.</param>
    /// <param name="cluster">The cluster whose sweeps are visible.</param>
    public static StoreDatabase Postgres(PostgresAddress address, string cluster) => new(address, cluster);

    /// <summary>Creates a store database for a PostgreSQL database.</summary>
    /// <param name="connectionString">
    /// An Npgsql connection string, such as "Host=db;Database=adaptcluster;Username=adapt", or a URI.
    /// </param>
    /// <param name="name">The name of the setting that contains the connection string, for error messages.</param>
    /// <param name="cluster">The cluster whose sweeps are visible.</param>
    /// <exception cref="InvalidInputException">The connection string cannot be parsed. The message does not contain its values.</exception>
    public static StoreDatabase Postgres(string connectionString, string name, string cluster = ClusterJoin.DefaultCluster) =>
        new(PostgresAddress.Read(connectionString, name), cluster);

    /// <summary>
    /// Returns the same database configured for one process, with an application name and a limit on the number of connections.
    /// </summary>
    /// <param name="name">
    /// The name of the process. <c>pg_stat_activity</c> shows it unless the connection string specifies an application name.
    /// </param>
    /// <param name="hostsGrains">Whether the process hosts grains.</param>
    public StoreDatabase For(string name, bool hostsGrains) => _postgres is null ? this : new(_postgres.For(name, hostsGrains), Cluster);

    /// <summary>Opens a connection.</summary>
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

    // These are separate methods, so that only the driver in use is loaded.
    private NpgsqlConnection Postgres() => new NpgsqlConnection(ConnectionString);

    private SqliteConnection Sqlite() => new SqliteConnection(ConnectionString);

    internal void Configure(DbContextOptionsBuilder options)
    {
        if (IsPostgres) options.UseNpgsql(ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations"));
        else options.UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable("migrations"));
        // Migrations are hand-written for both databases, without a model snapshot. A test compares them with the model instead.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }

    /// <summary>Returns the name and location of the database for messages, without secrets.</summary>
    public override string ToString() => _postgres?.ToString() ?? new SqliteConnectionStringBuilder(ConnectionString).DataSource;
}
