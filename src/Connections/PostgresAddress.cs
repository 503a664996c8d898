using AdaptCluster.Contracts;
using Npgsql;

namespace AdaptCluster.Connections;

/// <summary>A PostgreSQL database, as the silos and clients of a cluster are told where it is.</summary>
public sealed class PostgresAddress
{
    /// <summary>
    /// Most connections that one process opens: for the store, and for Orleans' membership and reminders. What only trains asks the store
    /// once when it starts. Those that host the grains write one transaction for each sweep at a time, and beyond these wait for each
    /// other.
    /// </summary>
    private const int GrainsConnections = 20, GrainsOrleansConnections = 4, WorkerConnections = 1, WorkerOrleansConnections = 2;

    /// <summary>Seconds after which a connection that nobody uses is closed.</summary>
    private const int IdleSeconds = 60;

    private PostgresAddress(string connectionString) => ConnectionString = connectionString;

    /// <summary>
    /// How long one statement may take unless the connection string has a <c>Command Timeout</c>: less than the 30 seconds that a caller
    /// waits for a grain, who then learns what it was.
    /// </summary>
    public static TimeSpan UsualStatementTime { get; } = TimeSpan.FromSeconds(15);

    /// <summary>The connection string; holds a password, so it is never logged.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string of Orleans' membership and reminders, with a pool of their own; holds a password, so it is never logged.
    /// </summary>
    public string OrleansConnectionString { get => field ?? ConnectionString; private init; }

    /// <summary>Whether a text is meant as a connection string rather than as a list of gateways.</summary>
    public static bool Is(string where) => PostgresUri.Is(where) || where.Contains('=', StringComparison.Ordinal);

    /// <summary>Reads a connection string.</summary>
    /// <param name="connectionString">
    /// As Npgsql takes it, such as "Host=db;Database=adaptcluster;Username=adapt", or a URI, "postgresql://adapt:…@db/adaptcluster".
    /// </param>
    /// <param name="name">Where it was written, for errors.</param>
    /// <param name="parameters">Further keywords, as Npgsql takes them, which win; null for none.</param>
    /// <param name="parametersName">Where those were written.</param>
    /// <exception cref="InvalidInputException">It cannot be read; the message leaves its values out.</exception>
    public static PostgresAddress Read(string connectionString, string name, string? parameters = null, string parametersName = "")
    {
        var builder = PostgresUri.Is(connectionString) ? PostgresUri.Read(connectionString, name) : Keywords(connectionString, name);
        if (parameters is not null)
            foreach (var (key, value) in Keywords(parameters, parametersName)) builder[key] = value;
        // The statements are few and short: prepared once on each connection, they cost the server half.
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (64, 2);
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = (int)UsualStatementTime.TotalSeconds;
        if (string.IsNullOrEmpty(builder.Host))
            throw new InvalidInputException($"{name}: no Host in it; write Host=…;Database=…;Username=….");
        return new(builder.ConnectionString);
    }

    /// <summary>A connection string of parts, as operators write them into a Secret.</summary>
    public static string Join(string host, string? port, string? database, string? username, string? password)
    {
        var builder = new NpgsqlConnectionStringBuilder { Host = host };
        if (port is not null) builder["Port"] = port;
        if (database is not null) builder.Database = database;
        if (username is not null) builder.Username = username;
        if (password is not null) builder.Password = password;
        return builder.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder Keywords(string text, string name)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(text);
        }
        catch (ArgumentException e)
        {
            throw new InvalidInputException(
                $"{name}: no connection string of PostgreSQL ({e.Message}); write Host=…;Database=…;Username=…, or "
                + "postgresql://user:password@host:5432/database.", e);
        }
    }

    /// <summary>The same database for one process, which is known there by its name and opens a bounded number of connections.</summary>
    /// <param name="name">The process: what <c>pg_stat_activity</c> shows, unless the connection string has an application name.</param>
    /// <param name="hostsGrains">Whether it hosts grains.</param>
    public PostgresAddress For(string name, bool hostsGrains)
    {
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
        return new(store) { OrleansConnectionString = builder.ConnectionString };
    }

    /// <summary>Name and place without secrets, for people.</summary>
    public override string ToString()
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database}";
    }
}
