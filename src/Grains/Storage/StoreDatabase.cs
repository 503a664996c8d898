using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Npgsql;

namespace AdaptCluster.Grains.Storage;

/// <summary>Which database the store is in: a SQLite file of one process, or PostgreSQL for a cluster.</summary>
public sealed class StoreDatabase
{
    internal const string PostgresProvider = "Npgsql.EntityFrameworkCore.PostgreSQL";

    /// <summary>The cluster of silos that are not told another one.</summary>
    public const string DefaultCluster = "adaptcluster";

    /// <summary>The cluster of silos by themselves.</summary>
    public const string LocalCluster = "adaptcluster-local";

    private StoreDatabase(string connectionString, bool isPostgres, string cluster) => (ConnectionString, IsPostgres, Cluster) = (connectionString, isPostgres, cluster);

    /// <summary>The connection string; holds a password, so it is never logged.</summary>
    public string ConnectionString { get; }

    /// <summary>The cluster whose sweeps are seen; those of others in the same database are not.</summary>
    public string Cluster { get; }

    /// <summary>PostgreSQL rather than SQLite.</summary>
    public bool IsPostgres { get; }

    /// <summary>A SQLite file; its folder exists.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cluster">The cluster whose sweeps are seen.</param>
    public static StoreDatabase Sqlite(string file, string cluster = LocalCluster) => new(new SqliteConnectionStringBuilder { DataSource = file, DefaultTimeout = 30 }.ConnectionString, isPostgres: false, cluster);

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
            if (string.IsNullOrEmpty(builder.Host)) throw new InvalidInputException($"{name}: no Host in it; write Host=…;Database=…;Username=….");
            return new(builder.ConnectionString, isPostgres: true, cluster);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException($"{name}: no connection string of PostgreSQL ({e.Message}); write Host=…;Database=…;Username=….", e);
        }
    }

    internal void Configure(DbContextOptionsBuilder options)
    {
        if (IsPostgres) options.UseNpgsql(ConnectionString, npgsql => npgsql.MigrationsHistoryTable("migrations"));
        else options.UseSqlite(ConnectionString, sqlite => sqlite.MigrationsHistoryTable("migrations"));
        // The migrations are written by hand for both databases and a test compares them with the model, so there is no snapshot to compare.
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
