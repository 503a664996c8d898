using AdaptCluster.Connections;

namespace AdaptCluster.Storage;

/// <summary>
/// How long PostgreSQL may take over one statement before it is given up. SQLite has one limit, for the wait for its lock.
/// </summary>
internal static class StatementTime
{
    /// <summary>
    /// Reports, reads, and all else that touches some rows: 15 seconds, and so less than the 30 that a caller waits for a grain, who then
    /// learns what it was. <c>Command Timeout</c> in the connection string replaces it.
    /// </summary>
    public static TimeSpan Usual => PostgresAddress.UsualStatementTime;

    /// <summary>What touches all rows of a sweep: a submission, its look into the cache, cancel and retry. 10 minutes.</summary>
    public static TimeSpan WholeSweep { get; } = TimeSpan.FromMinutes(10);

    /// <summary>What may rewrite the store: 1 hour.</summary>
    public static TimeSpan Migration { get; } = TimeSpan.FromHours(1);
}
