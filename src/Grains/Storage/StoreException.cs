using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace AdaptCluster.Grains.Storage;

/// <summary>The store could not be read or written; what was committed before is safe.</summary>
/// <param name="message">The line that the user reads.</param>
/// <param name="inner">The database's error.</param>
[GenerateSerializer, Alias("StoreException")]
public sealed class StoreException(string message, Exception? inner = null) : AdaptClusterException(message, inner)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <summary>The user's words for a database error.</summary>
    internal static StoreException From(SqliteException error) => new(
        error.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL => "the store's disk is full; free some space and run the same command again, finished jobs are kept",
            SQLitePCL.raw.SQLITE_IOERR => "the store's disk cannot be read or written (full, or gone?); check it and run the same command again, finished jobs are kept",
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM => "the store's folder cannot be written; check its permissions, or name another one by ADAPTCLUSTER_HOME",
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => "the store's file is damaged; restore it from a backup, or move it away to begin afresh",
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "the store is locked by another process",
            _ => $"the store failed: {error.Message}",
        }, error);

    /// <summary>The user's words for a database error. What the server says can hold rows, so only its code and first line are passed on.</summary>
    internal static StoreException From(NpgsqlException error) => new(
        error is PostgresException { SqlState: var state, MessageText: var text }
            ? state switch
            {
                PostgresErrorCodes.UndefinedTable => "the store has no tables yet; 'sweep db migrate' makes them",
                PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => $"the store's database refuses the login ({text}); check Store:ConnectionString",
                PostgresErrorCodes.InvalidCatalogName => $"the store's database is not there ({text}); create it, then 'sweep db migrate'",
                PostgresErrorCodes.DiskFull => "the disk of the store's database is full; free some space, finished jobs are kept",
                _ => $"the store's database failed ({state}: {text})",
            }
            : $"the store's database does not answer ({error.Message.ReplaceLineEndings(" ")})", error);
}
