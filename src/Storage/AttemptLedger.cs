using System.Text;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>
/// Stores workers' reports. Every write is conditional on the attempt number, so a lost worker that reconnects cannot change anything.
/// </summary>
internal sealed class AttemptLedger(StoreAccess access)
{
    /// <summary>The number of errors after which a job fails, so that a bad job cannot occupy workers forever.</summary>
    internal const int MaxFaults = 3;

    /// <summary>
    /// The number of consecutive worker losses without a completed epoch after which a job fails, because it probably crashes its workers.
    /// </summary>
    internal const int MaxLosses = 6;

    /// <summary>
    /// The number of consecutive losses after which a pack's jobs are leased one at a time. The next loss is then attributed to the right
    /// job.
    /// </summary>
    internal const int IsolateAfterLosses = 2;

    internal const string LostFault = "its worker was lost";

    /// <summary>The error of a job that failed because it lost too many workers.</summary>
    internal static readonly string TooManyLosses = $"{LostFault} {MaxLosses} times in a row before an epoch ended";

    internal const string ColumnsToEnd = "sweep_id, position, number, worker, environment, started_ms, ended_ms, outcome, fault";
    internal const string EndOfAttempt = "sweep_id, position, attempt, worker, environment, started_ms, @now";

    /// <summary>
    /// Stores workers' reports in one transaction. Reports that are already stored are accepted again, because workers repeat a report if
    /// they receive no response.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="reports">The reports, in the order in which they arrived.</param>
    /// <param name="returned">The new state for jobs that are handed back by their worker or will be retried.</param>
    /// <returns>The outcome of each report.</returns>
    public Task<ReportOutcome[]> ApplyAsync(SweepId sweep, IReadOnlyList<JobReport> reports, JobState returned) =>
        access.TransactAsync(async sql =>
    {
        var states = new JobState?[reports.Count];
        // The reports of one job arrive in this order: epochs, then the end of the attempt.
        await ApplyEachAsync(sql, sweep, reports, states, returned, report => report.Epoch is not null);
        if (sql.Connection is NpgsqlConnection postgres)
            await PostgresResults.ApplyAsync(postgres, (NpgsqlTransaction)sql.Transaction, sweep, reports, states, access.NowMs);
        else await ApplyEachAsync(sql, sweep, reports, states, returned, report => report.Result is not null);
        await ApplyEachAsync(sql, sweep, reports, states, returned, report => report is { Epoch: null, Result: null });
        sql.Wrote = reports.Count > 0;
        var unmatched = Enumerable.Range(0, reports.Count).Where(i => states[i] is null).ToArray();
        var repeated = unmatched.Length == 0 ? [] : await RepeatedAsync(sql, sweep, [.. unmatched.Select(i => reports[i])]);
        return states.Select((state, i) => new ReportOutcome(state, state is null && repeated.Contains(reports[i]))).ToArray();
    });

    /// <summary>Returns the reports that are already stored: epochs, and ends of the same attempt with the same outcome.</summary>
    private static async Task<HashSet<JobReport>> RepeatedAsync(Sql sql, SweepId sweep, JobReport[] reports)
    {
        (string, object?)[] key = [("sweep", sweep.Value),
            ("positions", sql.Connection.Array(reports.Select(report => report.Position.Value).Distinct().ToArray()))];
        var at = $"sweep_id = @sweep AND {sql.Connection.In("position", "positions")}";
        var ends = (await sql.Connection.QueryAsync(sql.Transaction, $"SELECT position, number, outcome FROM attempts WHERE {at}",
            r => (new JobPosition(r.GetInt32(0)), new AttemptNumber(r.GetInt32(1)), (AttemptOutcome)r.GetInt32(2)), key)).ToHashSet();
        var epochs = Array.Exists(reports, report => report.Epoch is not null)
            ? (await sql.Connection.QueryAsync(sql.Transaction, $"SELECT position, attempt, epoch FROM epochs WHERE {at}",
                r => (new JobPosition(r.GetInt32(0)), new AttemptNumber(r.GetInt32(1)), r.GetInt32(2)), key)).ToHashSet()
            : [];
        return [.. reports.Where(report => report.Epoch is { } epoch ? epochs.Contains((report.Position, report.Attempt, epoch.Epoch))
            : ends.Contains((report.Position, report.Attempt, Outcome(report)!.Value)))];
    }

    /// <summary>Returns the outcome of the attempt, if the report ends it.</summary>
    /// <returns>The outcome; null for an epoch report, which does not end the attempt.</returns>
    internal static AttemptOutcome? Outcome(JobReport report) => report.Match<AttemptOutcome?>(
        epochDone: _ => null,
        completed: _ => AttemptOutcome.Completed,
        failed: fault => fault.Unfit ? AttemptOutcome.Unfit : AttemptOutcome.Failed,
        returned: _ => AttemptOutcome.Returned);

    private async Task ApplyEachAsync(Sql sql, SweepId sweep, IReadOnlyList<JobReport> reports, JobState?[] states, JobState returned,
        Func<JobReport, bool> which)
    {
        var batch = new StatementBatch(sql.Connection, sql.Transaction);
        var deciding = new List<(int Report, int Statement)>();
        for (var i = 0; i < reports.Count; i++)
            if (which(reports[i])) deciding.Add((i, Decide(batch, sweep, reports[i], returned)));
        var counts = await batch.ExecuteAsync();
        foreach (var (index, statement) in deciding.Where(item => counts[item.Statement] > 0))
        {
            states[index] = await reports[index].Match(
                epochDone: _ => Task.FromResult(JobState.Running),
                completed: _ => Task.FromResult(JobState.Completed),
                failed: fault => fault.Unfit ? Task.FromResult(returned) : StateAsync(sql, sweep, reports[index].Position),
                returned: _ => Task.FromResult(returned));
        }
    }

    private static async Task<JobState> StateAsync(Sql sql, SweepId sweep, JobPosition position) =>
        (await sql.Connection.QueryAsync(sql.Transaction,
        "SELECT state FROM jobs WHERE sweep_id = @sweep AND position = @position", r =>
            (JobState)r.GetInt32(0), ("sweep", sweep.Value), ("position", position.Value)))[0];

    /// <summary>Adds the statements for a report.</summary>
    /// <returns>The index of the statement whose row count determines whether the report was accepted.</returns>
    private int Decide(StatementBatch batch, SweepId sweep, JobReport report, JobState returned)
    {
        (string, object?)[] key = [("sweep", sweep.Value), ("position", report.Position.Value), ("attempt", report.Attempt.Value)];
        return report.Match(
            epochDone: epoch => AddEpoch(batch, key, epoch),
            completed: result => AddResult(batch, key, result),
            failed: fault => AddFault(batch, key, fault, returned),
            returned: checkpoint =>
            {
                if (checkpoint is not null) KeepCheckpoint(batch, key, checkpoint);
                return AddEnd(batch, key, $"{(int)returned}", "", AttemptOutcome.Returned, "handed back");
            });
    }

    private int AddFault(StatementBatch batch, (string, object?)[] key, JobFault fault, JobState returned)
    {
        if (fault.DropCheckpoint)
            batch.Add(
                $"DELETE FROM checkpoints WHERE sweep_id = @sweep AND position = @position AND EXISTS (SELECT 1 FROM jobs WHERE {Current})",
                key);
        if (fault.Unfit) return AddEnd(batch, key, $"{(int)returned}", "", AttemptOutcome.Unfit, Storable(fault.Message));
        var next = fault.Retry ? $"CASE WHEN faults + 1 < {MaxFaults} THEN {(int)returned} ELSE {(int)JobState.Failed} END"
            : $"{(int)JobState.Failed}";
        return AddEnd(batch, key, next,
            $", faults = faults + 1, error = @fault{(fault.DropCheckpoint ? ", epoch = 0, context_tokens = NULL" : "")}",
            AttemptOutcome.Failed, Storable(fault.Message));
    }

    /// <summary>
    /// Truncates text to the maximum length, and replaces characters that the store refuses. PostgreSQL's text type accepts every character
    /// except NUL.
    /// </summary>
    private static string Storable(string text)
    {
        const int longest = 4000;
        // The encoding replaces unpaired surrogates, which the store would refuse. They come from truncation or from the text itself.
        return Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text.Length > longest ? text[..longest] + "…" : text))
            .Replace('\0', '\uFFFD');
    }

    private const string Current = "sweep_id = @sweep AND position = @position AND attempt = @attempt AND state = 1";

    private static int AddEpoch(StatementBatch batch, (string, object?)[] key, EpochReport epoch)
    {
        // The same epoch is accepted again, because a report is repeated if the response was lost. An epoch that an earlier attempt has
        // trained is accepted too, because its checkpoint may not have arrived.
        const string isLater =
            "(epoch <= @epoch OR NOT EXISTS (SELECT 1 FROM epochs e WHERE e.sweep_id = @sweep AND e.position = @position "
                + "AND e.attempt = @attempt AND e.epoch >= @epoch))";
        var decides = batch.Add($"""
            UPDATE jobs SET flags = CASE WHEN context_tokens < @tokens AND epoch < @epoch THEN 1 ELSE flags END, epoch = @epoch,
                loss = @loss, context_tokens = @tokens, losses = 0
            WHERE {Current} AND {isLater}
            """,
            [.. key, ("epoch", epoch.Epoch), ("loss", epoch.Loss), ("tokens", epoch.ImageContextTokens + epoch.TextContextTokens)]);
        batch.Add($"""
            INSERT INTO epochs (sweep_id, position, epoch, attempt, loss, train_accuracy, learning_rate, image_context_tokens,
                text_context_tokens, seconds)
            SELECT sweep_id, position, epoch, attempt, @loss, @accuracy, @rate, @image, @text, @seconds FROM jobs WHERE {Current}
                AND epoch = @epoch
            ON CONFLICT (sweep_id, position, epoch) DO UPDATE SET attempt = excluded.attempt, seconds = excluded.seconds
                WHERE epochs.attempt < excluded.attempt
            """,
            [.. key, ("epoch", epoch.Epoch), ("loss", epoch.Loss), ("accuracy", epoch.TrainAccuracy), ("rate", epoch.LearningRate),
                ("image", epoch.ImageContextTokens), ("text", epoch.TextContextTokens), ("seconds", epoch.Duration.TotalSeconds)]);
        foreach (var step in epoch.PruneSteps)
        {
            batch.Add($"""
                INSERT INTO prune_steps (sweep_id, position, iteration, image_mask, text_mask)
                SELECT sweep_id, position, @iteration, @image, @text FROM jobs WHERE {Current} ON CONFLICT DO NOTHING
                """, [.. key, ("iteration", step.Iteration), ("image", step.ImageMask), ("text", step.TextMask)]);
        }
        // If several epochs are sent together, only the last one includes a checkpoint.
        if (epoch.Checkpoint.Length > 0) KeepCheckpoint(batch, key, epoch.Checkpoint, " AND epoch = @epoch", ("epoch", epoch.Epoch));
        return decides;
    }

    private static void KeepCheckpoint(StatementBatch batch, (string, object?)[] key, byte[] content, string condition = "",
        params (string, object?)[] more) =>
        batch.Add($"""
            INSERT INTO checkpoints (sweep_id, position, epoch, content) SELECT sweep_id, position, epoch, @content FROM jobs
                WHERE {Current}{condition}
            ON CONFLICT (sweep_id, position) DO UPDATE SET epoch = excluded.epoch, content = excluded.content
            """, [.. key, ("content", content), .. more]);

    private int AddResult(StatementBatch batch, (string, object?)[] key, JobResult result)
    {
        var decides = batch.Add($"""
            UPDATE jobs SET state = {(int)JobState.Completed}, lease = NULL, error = NULL, {ResultColumns.SetFrom("@")}
            WHERE {Current}
            """,
            [.. key, .. ResultColumns.Parameters(result)]);
        const string completed = "sweep_id = @sweep AND position = @position AND attempt = @attempt AND state = 2";
        batch.Add(
            $"INSERT INTO attempts ({ColumnsToEnd}) SELECT {EndOfAttempt}, {(int)AttemptOutcome.Completed}, NULL FROM jobs WHERE "
            + $"{completed} ON CONFLICT DO NOTHING", [.. key, ("now", access.NowMs)]);
        if (result.Predictions is { } predictions) Artifacts.Add(batch, key, completed, Artifacts.PredictionsName, predictions);
        if (result.Prompts is { } prompts)
        {
            Artifacts.Add(batch, key, completed, Artifacts.PromptsName, prompts);
            batch.Add(
                "DELETE FROM checkpoints WHERE sweep_id = @sweep AND position = @position AND EXISTS (SELECT 1 FROM jobs "
                + $"WHERE {completed})", key);
        }
        return decides;
    }

    /// <summary>
    /// Adds the statements that end an attempt. The attempt's row is inserted first, while the job's row still marks the attempt as open.
    /// </summary>
    private int AddEnd(StatementBatch batch, (string, object?)[] key, string next, string more, AttemptOutcome outcome, string fault)
    {
        batch.Add(
            $"INSERT INTO attempts ({ColumnsToEnd}) SELECT {EndOfAttempt}, {(int)outcome}, @fault FROM jobs WHERE {Current} ON CONFLICT DO "
            + "NOTHING", [.. key, ("now", access.NowMs), ("fault", fault)]);
        (string, object?)[] parameters = more.Length > 0 ? [.. key, ("fault", fault)] : key;
        return batch.Add($"UPDATE jobs SET state = {next}, lease = NULL{more} WHERE {Current}", parameters);
    }
}

/// <summary>The outcome of a report.</summary>
/// <param name="State">The new state of the job; null if the report changed nothing.</param>
/// <param name="IsRepeated">
/// Whether the report changed nothing because it was already stored. A report that is neither applied nor repeated was refused: its attempt
/// is not the job's current attempt.
/// </param>
internal readonly record struct ReportOutcome(JobState? State, bool IsRepeated)
{
    /// <summary>Whether the reported data is stored.</summary>
    public bool IsAccepted => State is not null || IsRepeated;
}
