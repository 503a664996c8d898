using System.Data.Common;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Reads the history of jobs: their attempts, epochs, prune steps and environments.</summary>
internal sealed class AttemptHistory(StoreAccess access)
{
    /// <summary>Returns the attempts of a job, including the current one.</summary>
    public Task<JobAttempt[]> AttemptsAsync(SweepId id, JobEntity job) => access.ConnectAsync(async connection =>
    {
        var ended = await connection.QueryAsync(null,
            "SELECT number, worker, started_ms, ended_ms, outcome, fault, environment FROM attempts "
                + "WHERE sweep_id = @sweep AND position = @position ORDER BY number",
            r => (
                Attempt: new JobAttempt(new(r.GetInt32(0)), r.GetString(1), Rows.At(r.GetInt64(2)), Rows.At(r.GetInt64(3)),
                    (AttemptOutcome)r.GetInt32(4),
                    r.IsDBNull(5) ? null : r.GetString(5), null),
                Environment: r.IsDBNull(6) ? null : r.GetString(6)),
            ("sweep", id.Value), ("position", job.Position));
        var environments = await EnvironmentsAsync(connection,
            [.. ended.Select(a => a.Environment).Append(job.Environment).OfType<string>().Distinct()]);
        RunEnvironment? Environment(string? key) => key is null ? null : environments.GetValueOrDefault(key);
        var attempts = ended.Select(a => a.Attempt with { Environment = Environment(a.Environment) });
        if (job.State == JobState.Running)
            attempts = attempts.Append(new JobAttempt(new(job.Attempt), job.Worker!, Rows.At(job.StartedMs!.Value), null,
                AttemptOutcome.Open, null,
                Environment(job.Environment)));
        return attempts.ToArray();
    });

    /// <summary>Returns a job's epochs and prune steps, or those of the job whose result it reused.</summary>
    public Task<(JobEpoch[] Epochs, PruneStep[] Prunes)> HistoryAsync(SweepId id, JobEntity job) => access.ConnectAsync(async connection =>
    {
        var (sweep, position) = (id.Value, job.Position);
        if (job.CachedFrom is { } origin)
        {
            var there = await connection.QueryAsync(null, "SELECT position FROM jobs WHERE sweep_id = @sweep AND job_id = @job",
                r => r.GetInt32(0), ("sweep", origin), ("job", job.JobId));
            (sweep, position) = (origin, there is [var first, ..] ? first : -1);
        }
        (string, object?)[] key = [("sweep", sweep), ("position", position)];
        const string which = "WHERE sweep_id = @sweep AND position = @position";
        var epochs = await connection.QueryAsync(null,
            "SELECT epoch, loss, train_accuracy, learning_rate, image_context_tokens, text_context_tokens, seconds, attempt FROM "
                + $"epochs {which} ORDER BY epoch",
            r => new JobEpoch
            {
                Epoch = r.GetInt32(0),
                Loss = r.GetDouble(1),
                TrainAccuracy = r.GetDouble(2),
                LearningRate = r.GetDouble(3),
                ImageContextTokens = r.GetInt32(4),
                TextContextTokens = r.GetInt32(5),
                Duration = TimeSpan.FromSeconds(r.GetDouble(6)),
                Attempt = new(r.GetInt32(7)),
            }, key);
        var prunes = await connection.QueryAsync(null,
            $"SELECT iteration, image_mask, text_mask FROM prune_steps {which} ORDER BY iteration",
            r => new PruneStep { Iteration = r.GetInt32(0), ImageMask = (byte[])r.GetValue(1), TextMask = (byte[])r.GetValue(2) }, key);
        return (epochs.ToArray(), prunes.ToArray());
    });

    /// <summary>Returns the starts and ends of attempts, oldest first.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="plan">The sweep's plan, used to describe the jobs.</param>
    /// <param name="position">The position of the only job to return events for; null for all jobs.</param>
    /// <param name="from">The earliest time of the returned events; null for no limit.</param>
    /// <param name="limit">The maximum number of events. If there are more, the latest events are returned.</param>
    public Task<AttemptEvent[]> LogAsync(SweepId id, SweepPlan plan, JobPosition? position, DateTimeOffset? from, int limit) =>
        access.ConnectAsync(async connection =>
    {
        const string which = "sweep_id = @sweep AND (@position < 0 OR position = @position)";
        var events = await connection.QueryAsync(null, $"""
            SELECT e.position, j.job_id, e.number, e.worker, e.at_ms, e.outcome, e.fault FROM (
                SELECT position, number, worker, ended_ms AS at_ms, outcome, fault FROM attempts WHERE {which} AND ended_ms >= @from
                UNION ALL SELECT position, number, worker, started_ms, 0, NULL FROM attempts WHERE {which} AND started_ms >= @from
                UNION ALL SELECT position, attempt, worker, started_ms, 0, NULL FROM jobs WHERE {which} AND state = {(int)JobState.Running}
                    AND started_ms >= @from
                ORDER BY at_ms DESC, position DESC, number DESC, outcome DESC LIMIT @limit) AS e
            JOIN jobs AS j ON j.sweep_id = @sweep AND j.position = e.position
            ORDER BY e.at_ms, e.position, e.number, e.outcome
            """,
            r =>
                (Position: new JobPosition(r.GetInt32(0)), Id: r.GetString(1), Number: new AttemptNumber(r.GetInt32(2)),
                    Worker: r.GetString(3), At: r.GetInt64(4), Outcome: (AttemptOutcome)r.GetInt32(5),
                    Fault: r.IsDBNull(6) ? null : r.GetString(6)),
            ("sweep", id.Value), ("position", position?.Value ?? -1), ("from", from?.ToUnixTimeMilliseconds() ?? 0L), ("limit", limit));
        return events.Select(e =>
            new AttemptEvent(Rows.At(e.At), new(e.Id), PlannedNames.Of(plan).Job(e.Position), e.Number,
                e.Worker, e.Outcome, e.Fault))
                .ToArray();
    });

    /// <summary>Returns the environments with the given ids.</summary>
    public Task<SortedDictionary<string, RunEnvironment>> EnvironmentsAsync(string[] ids) =>
        access.ConnectAsync(connection => EnvironmentsAsync(connection, ids));

    /// <summary>Stores an environment.</summary>
    public Task SaveEnvironmentAsync(string id, string json) => access.TransactAsync(sql =>
        sql.Connection.ExecuteAsync(sql.Transaction, "INSERT INTO environments (id, json) VALUES (@id, @json) ON CONFLICT DO NOTHING",
            ("id", id), ("json", json)));

    private static async Task<SortedDictionary<string, RunEnvironment>> EnvironmentsAsync(DbConnection connection, string[] ids)
    {
        var rows = await connection.QueryAsync(null, $"SELECT id, json FROM environments WHERE {connection.In("id", "some")}",
            r => KeyValuePair.Create(r.GetString(0), JsonSerializer.Deserialize<RunEnvironment>(r.GetString(1), AdaptClusterJson.Stored)!),
            ("some", connection.Array(ids)));
        return new(new Dictionary<string, RunEnvironment>(rows), StringComparer.Ordinal);
    }
}
