using AdaptCluster.Connections;

namespace AdaptCluster.Storage;

/// <summary>
/// The time limits after which a statement on PostgreSQL is cancelled. SQLite has only one limit: the time that it waits for its lock.
/// </summary>
internal static class StatementTime
{
    /// <summary>
    /// The limit for reads, reports and all other statements that touch a few rows: 15 seconds. A caller waits 30 seconds for a grain, so
    /// it still receives the error. <c>Command Timeout</c> in the connection string overrides this limit.
    /// </summary>
    public static TimeSpan Usual => PostgresAddress.UsualStatementTime;

    /// <summary>
    /// The limit for statements that touch all rows of a sweep, such as a submission, its cache lookup, a cancellation and a retry: 10
    /// minutes.
    /// </summary>
    public static TimeSpan WholeSweep { get; } = TimeSpan.FromMinutes(10);

    /// <summary>The limit for statements that may rewrite the store: 1 hour.</summary>
    public static TimeSpan Migration { get; } = TimeSpan.FromHours(1);
}
