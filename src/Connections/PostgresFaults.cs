using AdaptCluster.Contracts;
using Npgsql;

namespace AdaptCluster.Connections;

/// <summary>Translates errors from the PostgreSQL driver into messages for users.</summary>
public static class PostgresFaults
{
    /// <summary>Finds the driver's exception in a chain of wrapped exceptions. Returns null if there is none.</summary>
    public static NpgsqlException? Find(Exception? error)
    {
        var chain = error.Chain().OfType<NpgsqlException>().ToArray();
        // A message from the server is more informative than a failed connection.
        return chain.OfType<PostgresException>().FirstOrDefault() ?? chain.FirstOrDefault();
    }

    /// <summary>Translates a PostgreSQL error, without secrets. Returns null for any other error.</summary>
    /// <param name="error">The error, which may come from one of Orleans' own queries.</param>
    public static StoreException? Translate(Exception error) =>
        Find(error) is { } driver && Describe(driver) is var (words, state, permanent) ? new StoreException(words, state, permanent) : null;

    /// <summary>
    /// Describes a PostgreSQL error for users. The server's details may contain rows, so only the error code and the first line are passed
    /// on.
    /// </summary>
    public static (string Words, string? SqlState, bool Permanent) Describe(NpgsqlException error)
    {
        if (error is not PostgresException { SqlState: var state, MessageText: var text })
            return ($"the store's database does not answer ({Words(error)})", null, false);
        var words = state switch
        {
            PostgresErrorCodes.UndefinedTable => "the store has no tables yet; 'sweep db migrate' creates them",
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification =>
                $"the store's database refuses the login ({text}); check Store:ConnectionString",
            PostgresErrorCodes.InvalidCatalogName => $"the store's database does not exist ({text}); create it and run 'sweep db migrate'",
            PostgresErrorCodes.DiskFull => "the disk of the store's database is full: free some space; finished jobs are kept",
            PostgresErrorCodes.TooManyConnections =>
                $"the store's database has no free connections ({text}); raise max_connections, see docs/operators/operations.md",
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                $"the store's database is read-only ({text}); make it writable, or wait until it has failed over",
            _ => $"the store's database failed ({state}: {text})",
        };
        // Class 22: a value that no column accepts; class 23: a violated constraint. Anything else is a condition of the server or its
        // setup that can be fixed.
        return (words, state, state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal));
    }

    /// <summary>Returns an exception and all exceptions that it wraps, from the outermost to the innermost.</summary>
    public static IEnumerable<Exception> Chain(this Exception? error) => error switch
    {
        null => [],
        AggregateException many => [many, .. many.InnerExceptions.SelectMany(inner => inner.Chain())],
        _ => [error, .. error.InnerException.Chain()],
    };

    private static string Words(NpgsqlException error) =>
        (error.InnerException is TimeoutException inner ? inner.Message : error.Message).ReplaceLineEndings(" ").TrimEnd('.');
}
