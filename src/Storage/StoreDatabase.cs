using System.Data.Common;
using AdaptCluster.Connections;
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

    private readonly PostgresAddress? _postgres;

    private StoreDatabase(string sqlite, string cluster) => (ConnectionString, Cluster) = (sqlite, cluster);

    private StoreDatabase(PostgresAddress postgres, string cluster) : this(postgres.ConnectionString, cluster) => _postgres = postgres;

    /// <summary>The connection string; holds a password, so it is never logged.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string of Orleans' membership and reminders, with a pool of their own; holds a password, so it is never logged.
    /// </summary>
    public string OrleansConnectionString => _postgres?.OrleansConnectionString ?? ConnectionString;

    /// <summary>The cluster whose sweeps are seen; those of others in the same database are not.</summary>
    public string Cluster { get; }

    /// <summary>PostgreSQL rather than SQLite.</summary>
    public bool IsPostgres => _postgres is not null;

    /// <summary>A SQLite file; its folder exists.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    public static StoreDatabase Sqlite(string file, string cluster = ClusterJoin.LocalCluster) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ConnectionString, cluster);

    /// <summary>A SQLite file that is only read, and left as it is.</summary>
    /// <param name="file">The file.</param>
    public static StoreDatabase ReadOnlySqlite(string file) =>
        new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30, Mode = SqliteOpenMode.ReadOnly }.ConnectionString,
            ClusterJoin.LocalCluster);

    /// <summary>A PostgreSQL database.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    public static StoreDatabase Postgres(PostgresAddress address, string cluster) => new(address, cluster);

    /// <summary>A PostgreSQL database.</summary>
    /// <param name="connectionString">As Npgsql takes it, such as "Host=db;Database=adaptcluster;Username=adapt", or a URI.</param>
    /// <param name="name">Where it was written, for errors.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    /// <exception cref="InvalidInputException">It cannot be read; the message leaves its values out.</exception>
    public static StoreDatabase Postgres(string connectionString, string name, string cluster = ClusterJoin.DefaultCluster) =>
        new(PostgresAddress.Read(connectionString, name), cluster);

    /// <summary>The same database for one process, which is known there by its name and opens a bounded number of connections.</summary>
    /// <param name="name">The process: what <c>pg_stat_activity</c> shows, unless the connection string has an application name.</param>
    /// <param name="hostsGrains">Whether it hosts grains.</param>
    public StoreDatabase For(string name, bool hostsGrains) => _postgres is null ? this : new(_postgres.For(name, hostsGrains), Cluster);

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
    public override string ToString() => _postgres?.ToString() ?? new SqliteConnectionStringBuilder(ConnectionString).DataSource;
}
