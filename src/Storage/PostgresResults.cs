using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>
/// Writes all results in a transaction to PostgreSQL with a few statements over arrays, which avoids the overhead of one statement per
/// result. SQLite has neither arrays nor round trips, so there results are written one by one. Both paths pass the same tests.
/// </summary>
internal static class PostgresResults
{
    /// <summary>Stores the results of current attempts.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">The connection's transaction.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="reports">All reports. Reports without a result are ignored.</param>
    /// <param name="states">The resulting job states; set to completed for each accepted report.</param>
    /// <param name="now">The current time in milliseconds since 1970-01-01 UTC.</param>
    public static async Task ApplyAsync(
        NpgsqlConnection connection, NpgsqlTransaction transaction, SweepId sweep, IReadOnlyList<JobReport> reports,
        JobState?[] states, long now)
    {
        // If an attempt reports two results, the first one is stored.
        var first = Enumerable.Range(0, reports.Count).Where(i => reports[i].Result is not null)
            .DistinctBy(i => (reports[i].Position, reports[i].Attempt)).ToArray();
        if (first.Length == 0) return;
        var accepted = (await connection.QueryAsync(transaction, $"""
            UPDATE jobs SET state = {(int)JobState.Completed}, lease = NULL, error = NULL, {ResultColumns.SetFrom("r.")}
            FROM unnest(@position, @attempt, {ResultColumns.List("@")}) AS r(position, attempt, {ResultColumns.List()})
            WHERE jobs.sweep_id = @sweep AND jobs.position = r.position AND jobs.attempt = r.attempt
                AND jobs.state = {(int)JobState.Running}
            RETURNING jobs.position, jobs.attempt
            """, r => (new JobPosition(r.GetInt32(0)), new AttemptNumber(r.GetInt32(1))),
            [("position", Array.ConvertAll(first, i => reports[i].Position.Value)),
                ("attempt", Array.ConvertAll(first, i => reports[i].Attempt.Value)),
                .. ResultColumns.Parameters(Array.ConvertAll(first, i => reports[i].Result!)), ("sweep", sweep.Value)])).ToHashSet();
        var completed = Array.FindAll(first, i => accepted.Contains((reports[i].Position, reports[i].Attempt)));
        foreach (var i in completed) states[i] = JobState.Completed;
        if (completed.Length == 0) return;

        var batch = new StatementBatch(connection, transaction);
        var positions = Array.ConvertAll(completed, i => reports[i].Position.Value);
        batch.Add($"""
            INSERT INTO attempts ({AttemptLedger.ColumnsToEnd})
            SELECT {AttemptLedger.EndOfAttempt}, {(int)AttemptOutcome.Completed}, NULL FROM jobs WHERE sweep_id = @sweep
                AND position = ANY(@positions)
            ON CONFLICT DO NOTHING
            """, ("now", now), ("sweep", sweep.Value), ("positions", positions));
        Artifacts.Add(batch, sweep, [.. completed.SelectMany(i => Files(reports[i]))]);
        var trained = Array.FindAll(completed, i => reports[i].Result!.Prompts is not null);
        if (trained.Length > 0)
        {
            (string, object?)[] keys = [("sweep", sweep.Value), ("positions", Array.ConvertAll(trained, i => reports[i].Position.Value))];
            batch.Add("DELETE FROM checkpoints WHERE sweep_id = @sweep AND position = ANY(@positions)", keys);
        }
        await batch.ExecuteAsync();
    }

    private static IEnumerable<(JobPosition, string, byte[])> Files(JobReport report)
    {
        if (report.Result!.Prompts is { } prompts) yield return (report.Position, Artifacts.PromptsName, prompts);
        if (report.Result.Predictions is { } predictions) yield return (report.Position, Artifacts.PredictionsName, predictions);
    }

    /// <summary>Starts the next attempt of the given jobs, if they are still waiting.</summary>
    /// <param name="connection">An open connection.</param>
    /// <param name="transaction">The connection's transaction.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="begins">The jobs.</param>
    /// <param name="now">The current time in milliseconds since 1970-01-01 UTC.</param>
    /// <returns>The positions of the jobs that began.</returns>
    public static async Task<HashSet<JobPosition>> BeginAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, SweepId sweep,
        JobBegin[] begins, long now) => [.. await connection.QueryAsync(transaction, $"""
        UPDATE jobs SET state = {(int)JobState.Running}, attempt = jobs.attempt + 1, lease = r.lease, worker = r.worker, environment = r.environment, started_ms = @now
        FROM unnest(@positions, @attempts, @leases, @workers, @environments) AS r(position, attempt, lease, worker, environment)
        WHERE jobs.sweep_id = @sweep AND jobs.position = r.position AND jobs.attempt = r.attempt AND jobs.state = {(int)JobState.Queued}
        RETURNING jobs.position
        """, r => new JobPosition(r.GetInt32(0)),
        ("now", now), ("sweep", sweep.Value), ("positions", Array.ConvertAll(begins, begin => begin.Position.Value)),
        ("attempts", Array.ConvertAll(begins, begin => begin.Attempt.Value)),
        ("leases", Array.ConvertAll(begins, begin => begin.Lease.ToString())), ("workers", Array.ConvertAll(begins, begin => begin.Worker)),
        ("environments", Array.ConvertAll(begins, begin => begin.Environment)))];
}
