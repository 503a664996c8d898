using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>
/// Translates the drivers' exceptions into <see cref="StoreException"/> and tracks outages of the store. It logs the first exception of an
/// outage in full. Later exceptions are logged in one line and at most every ten seconds, so that a long outage does not fill the disk.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="logger">The logger for the original exceptions.</param>
/// <param name="database">The database to name in messages.</param>
/// <param name="watches">
/// Whether this process uses the store continuously. If not, messages do not contain the start of an outage, because a process that uses
/// the store only once cannot know it.
/// </param>
public sealed partial class StoreFaults(TimeProvider time, ILogger<StoreFaults> logger, StoreDatabase database, bool watches = true)
{
    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The maximum interval at which workers retry a failed write. If no write fails within this time, the store is assumed to accept
    /// writes again, even if none has succeeded yet.
    /// </summary>
    private static readonly TimeSpan WritesRepeatedWithin = TimeSpan.FromSeconds(45);
    private readonly Lock _lock = new();
    private DateTimeOffset? _since;
    private string? _reason;
    private long _logged;
    private long? _writeFailed;

    /// <summary>The start and the reason of the current outage; null if the store is available.</summary>
    public (DateTimeOffset Since, string Reason)? Outage
    {
        get { lock (_lock) return _since is { } since ? (since, _reason!) : null; }
    }

    /// <summary>A one-line description of the current outage, as in error messages; null if the store is available.</summary>
    public string? OutageText => Outage is var (since, reason) ? Since(reason, since) : null;

    /// <summary>
    /// Records a successful call to the store, which ends an outage. While the store refuses writes, successful reads do not end the
    /// outage.
    /// </summary>
    internal void Answered()
    {
        lock (_lock)
        {
            if (_since is not { } since || (_writeFailed is { } failed && time.GetElapsedTime(failed) < WritesRepeatedWithin)) return;
            (_since, _writeFailed) = (null, null);
            LogBack(database, (time.GetUtcNow() - since).TotalSeconds);
        }
    }

    /// <summary>Records that the store has accepted a write.</summary>
    internal void Wrote()
    {
        lock (_lock) _writeFailed = null;
    }

    /// <summary>Translates an exception thrown by a database driver. Returns null for any other exception.</summary>
    internal StoreException? Translate(Exception error)
    {
        if (DriverError(error) is not { } driver) return null;
        var (words, sqlState, permanent) =
            driver is SqliteException sqlite ? Describe(sqlite) : PostgresFaults.Describe((NpgsqlException)driver);
        if (permanent)
        {
            LogRefused(database, error);
            return new StoreException(words, sqlState, isPermanent: true);
        }
        lock (_lock)
        {
            var isNew = _since is null;
            _since ??= time.GetUtcNow();
            _reason = words;
            if (RefusesWrites(driver)) _writeFailed = time.GetTimestamp();
            if (isNew) LogAway(database, error);
            else if (time.GetElapsedTime(_logged) >= LogEvery) LogStillAway(database, words, _since.Value);
            else return new StoreException(Since(words, _since.Value), sqlState);
            _logged = time.GetTimestamp();
            return new StoreException(Since(words, _since.Value), sqlState);
        }
    }

    /// <summary>Returns the driver's exception in a chain of exceptions; null if there is none.</summary>
    internal static Exception? DriverError(Exception? error) =>
        error.Chain().OfType<SqliteException>().FirstOrDefault() ?? (Exception?)PostgresFaults.Find(error);

    private (string Words, string? SqlState, bool Permanent) Describe(SqliteException error) => (
        error.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL =>
                $"the disk of the store {database} is full; free some space and run the same command again: finished jobs are kept",
            SQLitePCL.raw.SQLITE_IOERR =>
                $"the disk of the store {database} cannot be read or written; it may be full or missing. Check it and run the same command "
                    + $"again: finished jobs are kept",
            SQLitePCL.raw.SQLITE_READONLY or SQLitePCL.raw.SQLITE_CANTOPEN or SQLitePCL.raw.SQLITE_PERM =>
                $"the store {database} cannot be opened or written; check that its folder exists and is writable, or set ADAPTCLUSTER_HOME "
                    + $"to another folder",
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB =>
                $"the store {database} is damaged; restore it from a backup, or move it away to start with an empty store",
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => $"the store {database} is locked by another process",
            _ => $"the store {database} failed: {error.Message}",
        },
        null,
        error.SqliteErrorCode is SQLitePCL.raw.SQLITE_CONSTRAINT or SQLitePCL.raw.SQLITE_MISMATCH or SQLitePCL.raw.SQLITE_TOOBIG);

    /// <summary>Whether the store can still be read when this error occurs.</summary>
    private static bool RefusesWrites(Exception driver) => driver switch
    {
        PostgresException { SqlState: PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.DiskFull } => true,
        SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL or SQLitePCL.raw.SQLITE_READONLY } => true,
        _ => false,
    };

    // Messages about PostgreSQL end with a parenthesis; the time is inserted before it. Messages about SQLite contain a file name, which
    // can contain a parenthesis itself.
    private string Since(string words, DateTimeOffset since) =>
        !watches ? words
        : database.IsPostgres && words.IndexOf('(', StringComparison.Ordinal) is > 0 and var at
            ? $"{words[..at]}since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC {words[at..]}"
        : $"{words} (since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC)";

    [LoggerMessage(LogLevel.Warning, "The store {Store} failed; calls that need it fail until it is available again")]
    private partial void LogAway(StoreDatabase store, Exception error);

    [LoggerMessage(LogLevel.Warning, "The store {Store} has failed since {Since:u} ({Reason}); calls that need it fail until it answers")]
    private partial void LogStillAway(StoreDatabase store, string reason, DateTimeOffset since);

    [LoggerMessage(LogLevel.Information, "The store {Store} is available again after an outage of {Seconds:0} s")]
    private partial void LogBack(StoreDatabase store, double seconds);

    [LoggerMessage(LogLevel.Error, "The store {Store} permanently refused a value; the call that sent the value fails and is not retried")]
    private partial void LogRefused(StoreDatabase store, Exception error);
}
