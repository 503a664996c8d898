using AdaptCluster.Contracts;
using Npgsql;

namespace AdaptCluster.Connections;

/// <summary>The address of a cluster's PostgreSQL database.</summary>
public sealed class PostgresAddress
{
    /// <summary>
    /// The maximum number of connections that one process opens for the store, and for Orleans' membership and reminders. A silo that only
    /// trains queries the store once, at startup. A silo that hosts grains runs one write transaction per sweep at a time; transactions
    /// beyond these limits wait for a connection.
    /// </summary>
    private const int GrainsConnections = 20, GrainsOrleansConnections = 4, WorkerConnections = 1, WorkerOrleansConnections = 2;

    /// <summary>The number of seconds after which an idle connection is closed.</summary>
    private const int IdleSeconds = 60;

    private PostgresAddress(string connectionString) => ConnectionString = connectionString;

    /// <summary>
    /// The timeout of one statement, unless the connection string sets a <c>Command Timeout</c>. It is shorter than the 30 seconds that a
    /// caller waits for a grain, so that the caller receives the cause.
    /// </summary>
    public static TimeSpan UsualStatementTime { get; } = TimeSpan.FromSeconds(15);

    /// <summary>The connection string. It contains a password and must never be logged.</summary>
    public string ConnectionString { get; }

    /// <summary>
    /// The connection string for Orleans' membership and reminders, which has a separate connection pool. It contains a password and must
    /// never be logged.
    /// </summary>
    public string OrleansConnectionString { get => field ?? ConnectionString; private init; }

    /// <summary>Whether a string is a connection string rather than a list of gateways.</summary>
    public static bool Is(string where) => PostgresUri.Is(where) || where.Contains('=', StringComparison.Ordinal);

    /// <summary>Reads a connection string.</summary>
    /// <param name="connectionString">
    /// A connection string in Npgsql's format, such as "Host=db;Database=adaptcluster;Username=adapt", or a URI,
    /// "postgresql://adapt:…@db/adaptcluster".
    /// </param>
    /// <param name="name">The setting or option that contains the connection string, for error messages.</param>
    /// <param name="parameters">Additional keywords in Npgsql's format, which take precedence; null for none.</param>
    /// <param name="parametersName">The setting that contains the additional keywords, for error messages.</param>
    /// <exception cref="InvalidInputException">The connection string or the keywords cannot be read. The message omits their
    /// values.</exception>
    public static PostgresAddress Read(string connectionString, string name, string? parameters = null, string parametersName = "")
    {
        var builder = PostgresUri.Is(connectionString) ? PostgresUri.Read(connectionString, name) : Keywords(connectionString, name);
        if (parameters is not null)
            foreach (var (key, value) in Keywords(parameters, parametersName)) builder[key] = value;
        // The statements are few and short. Preparing them once per connection halves their cost on the server.
        (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (64, 2);
        if (!builder.ShouldSerialize("Command Timeout")) builder.CommandTimeout = (int)UsualStatementTime.TotalSeconds;
        if (string.IsNullOrEmpty(builder.Host))
            throw new InvalidInputException($"{name}: Host is missing; write Host=…;Database=…;Username=….");
        return new(builder.ConnectionString);
    }

    /// <summary>Builds a connection string from separate parts, such as the keys of a Kubernetes Secret.</summary>
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
                $"{name}: not a valid PostgreSQL connection string ({e.Message}); write Host=…;Database=…;Username=…, or "
                + "postgresql://user:password@host:5432/database.", e);
        }
    }

    /// <summary>Returns the address for one process, with an application name and a connection limit.</summary>
    /// <param name="name">The name of the process, shown by <c>pg_stat_activity</c> unless the connection string sets an application
    /// name.</param>
    /// <param name="hostsGrains">Whether the process hosts grains.</param>
    public PostgresAddress For(string name, bool hostsGrains)
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        var given = builder.ShouldSerialize("Maximum Pool Size") ? builder.MaxPoolSize : (int?)null;
        if (!builder.ShouldSerialize("Application Name")) builder.ApplicationName = name;
        if (!builder.ShouldSerialize("Connection Idle Lifetime")) builder.ConnectionIdleLifetime = IdleSeconds;
        // The driver refuses a minimum pool size above the maximum.
        var least = builder.MinPoolSize;
        builder.MaxPoolSize = hostsGrains ? given ?? GrainsConnections : WorkerConnections;
        builder.MinPoolSize = Math.Min(least, builder.MaxPoolSize);
        var store = builder.ConnectionString;
        // Orleans' connections need their own pool. A connection string with a different pool size gets one.
        builder.MaxPoolSize = Math.Min(given ?? int.MaxValue, hostsGrains ? GrainsOrleansConnections : WorkerOrleansConnections);
        builder.MinPoolSize = Math.Min(least, builder.MaxPoolSize);
        return new(store) { OrleansConnectionString = builder.ConnectionString };
    }

    /// <summary>Returns the host, port and database name for display, without secrets.</summary>
    public override string ToString()
    {
        var builder = new NpgsqlConnectionStringBuilder(ConnectionString);
        return $"PostgreSQL {builder.Host}:{builder.Port}/{builder.Database}";
    }
}
