using AdaptCluster.Connections;

namespace AdaptCluster.Storage;

/// <summary>
/// How long a statement may take on PostgreSQL before it is cancelled. SQLite has a single limit, for the wait for its lock.
/// </summary>
internal static class StatementTime
{
    /// <summary>
    /// For reports, reads, and everything else that touches some rows: 15 seconds. That is less than the 30 seconds that a caller waits for
    /// a grain, so that the caller still gets the error. <c>Command Timeout</c> in the connection string overrides it.
    /// </summary>
    public static TimeSpan Usual => PostgresAddress.UsualStatementTime;

    /// <summary>
    /// For statements that touch all rows of a sweep, such as a submission, its cache lookup, cancel and retry: 10 minutes.
    /// </summary>
    public static TimeSpan WholeSweep { get; } = TimeSpan.FromMinutes(10);

    /// <summary>For statements that may rewrite the store: 1 hour.</summary>
    public static TimeSpan Migration { get; } = TimeSpan.FromHours(1);
}
