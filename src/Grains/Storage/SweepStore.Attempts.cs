using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace AdaptCluster.Grains.Storage;

/// <summary>What workers write. Every write is conditional on the attempt number, so a lost worker that comes back changes nothing.</summary>
internal sealed partial class SweepStore
{
    /// <summary>Errors after which a job is set aside, so that one bad job cannot keep workers busy for ever.</summary>
    internal const int MaxFaults = 3;

    /// <summary>Workers lost in a row, without an epoch of progress, after which a job is set aside: it takes its workers down.</summary>
    internal const int MaxLosses = 6;

    /// <summary>Losses in a row from which a pack's jobs are handed out one at a time, so that a loss is the job's own and not its neighbour's.</summary>
    internal const int IsolateAfterLosses = 2;

    private const string LostFault = "its worker was lost";

    /// <summary>The error of a job that was set aside because of its losses.</summary>
    internal static readonly string TooManyLosses = $"{LostFault} {MaxLosses} times in a row before an epoch ended";

    internal const string ColumnsToEnd = "sweep_id, position, number, worker, environment, started_ms, ended_ms, outcome, fault";
    internal const string EndOfAttempt = "sweep_id, position, attempt, worker, environment, started_ms, @now";

    /// <summary>Starts the next attempt of each unfinished job of a pack, or of one of them where losses make that wise.</summary>
    /// <returns>The jobs with their new attempts and checkpoints, and those that were given up on the way.</returns>
    public Task<PackBeginning> BeginPackAsync(SweepId sweep, SweepPlan plan, PackStart start, string environment) => TransactAsync(async sql =>
    {
        var (lost, givenUp) = await LoseAsync(sql, sweep, start.Pack, null, JobState.Queued);
        var waiting = await sql.Connection.QueryAsync(sql.Transaction,
            $"SELECT position, losses FROM jobs WHERE sweep_id = @sweep AND pack = @pack AND state = {(int)JobState.Queued} ORDER BY losses, position",
            r => (Position: r.GetInt32(0), Losses: r.GetInt32(1)), ("sweep", sweep.Value), ("pack", start.Pack));
        var only = waiting.Any(job => job.Losses >= IsolateAfterLosses) ? waiting[0].Position : -1;
        var begun = await sql.Connection.QueryAsync(sql.Transaction, $"""
            UPDATE jobs SET state = {(int)JobState.Running}, attempt = attempt + 1, lease = @lease, worker = @worker, environment = @environment, started_ms = @now
            WHERE sweep_id = @sweep AND pack = @pack AND state = {(int)JobState.Queued} AND (@only < 0 OR position = @only)
            RETURNING position, job_id, attempt, epoch
            """,
            r => (Position: r.GetInt32(0), Id: new JobId(r.GetString(1)), Attempt: r.GetInt32(2), Epoch: r.GetInt32(3)),
            ("lease", start.Lease.ToString()), ("worker", start.Worker), ("environment", environment), ("now", NowMs), ("sweep", sweep.Value), ("pack", start.Pack), ("only", only));
        var checkpoints = begun.Any(job => job.Attempt > 1)
            ? (await sql.Connection.QueryAsync(sql.Transaction,
                "SELECT c.position, c.content FROM checkpoints c JOIN jobs j ON j.sweep_id = c.sweep_id AND j.position = c.position WHERE j.sweep_id = @sweep AND j.pack = @pack",
                r => (Position: r.GetInt32(0), Content: (byte[])r.GetValue(1)), ("sweep", sweep.Value), ("pack", start.Pack))).ToDictionary(c => c.Position, c => c.Content)
            : [];
        var assignments = begun.OrderBy(job => job.Position)
            .Select(job => new JobAssignment(job.Position, job.Id, plan.Definition(job.Position), job.Attempt, checkpoints.GetValueOrDefault(job.Position), plan.BackboneFingerprint, plan.DatasetFingerprint(job.Position)))
            .ToArray();
        return new PackBeginning(assignments, begun.ToDictionary(job => job.Position, job => job.Epoch), lost, givenUp, waiting.Count > begun.Count);
    });

    /// <summary>Ends what a lost lease had open.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="pack">The pack.</param>
    /// <param name="lease">The lease; what another lease has begun meanwhile stays as it is.</param>
    /// <param name="next">Where its jobs go.</param>
    /// <returns>Jobs that were released, and those of them that were given up.</returns>
    public Task<(int[] Lost, int[] GivenUp)> LoseLeaseAsync(SweepId sweep, int pack, Guid lease, JobState next) =>
        TransactAsync(sql => LoseAsync(sql, sweep, pack, lease.ToString(), next));

    /// <summary>Keeps what workers report, all of it in one transaction.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="reports">In the order in which they came.</param>
    /// <param name="returned">Where a job goes that a worker hands back, or that shall be tried again.</param>
    /// <returns>For each report the state that its job has now; null when it was refused, because its attempt is not the current one.</returns>
    public Task<JobState?[]> ApplyAsync(SweepId sweep, IReadOnlyList<JobReport> reports, JobState returned) => TransactAsync(async sql =>
    {
        var states = new JobState?[reports.Count];
        // A job's own reports come in this order: epochs, then its end.
        await ApplyEachAsync(sql, sweep, reports, states, returned, report => report.Epoch is not null);
        if (sql.Connection is NpgsqlConnection postgres) await PostgresResults.ApplyAsync(postgres, (NpgsqlTransaction)sql.Transaction, sweep, reports, states, NowMs);
        else await ApplyEachAsync(sql, sweep, reports, states, returned, report => report.Result is not null);
        await ApplyEachAsync(sql, sweep, reports, states, returned, report => report is { Epoch: null, Result: null });
        return states;
    });

    private async Task ApplyEachAsync(Sql sql, SweepId sweep, IReadOnlyList<JobReport> reports, JobState?[] states, JobState returned, Func<JobReport, bool> which)
    {
        var batch = new StatementBatch(sql.Connection, sql.Transaction);
        var deciding = new List<(int Report, int Statement)>();
        for (var i = 0; i < reports.Count; i++)
            if (which(reports[i])) deciding.Add((i, Decide(batch, sweep, reports[i], returned)));
        var counts = await batch.ExecuteAsync();
        foreach (var (index, statement) in deciding.Where(item => counts[item.Statement] > 0))
        {
            states[index] = reports[index] switch
            {
                { Epoch: not null } => JobState.Running,
                { Result: not null } => JobState.Completed,
                { Fault: not null } => await StateAsync(sql, sweep, reports[index].Position),
                _ => returned,
            };
        }
    }

    /// <summary>Moves all jobs of a sweep from some states to another, as cancel and retry do; the counts of faults and losses start again.</summary>
    /// <returns>How many there were.</returns>
    public Task<int> MoveJobsAsync(SweepId sweep, JobState[] from, JobState to) => RunAsync(db =>
        db.Jobs.Where(j => j.SweepId == sweep.Value && from.Contains(j.State))
            .ExecuteUpdateAsync(set => set.SetProperty(j => j.State, to).SetProperty(j => j.Faults, 0).SetProperty(j => j.Losses, 0)), StatementTime.WholeSweep);

    /// <summary>Remembers a kind of machine.</summary>
    public Task SaveEnvironmentAsync(string id, string json) => TransactAsync(sql =>
        sql.Connection.ExecuteAsync(sql.Transaction, "INSERT INTO environments (id, json) VALUES (@id, @json) ON CONFLICT DO NOTHING", ("id", id), ("json", json)));

    private static async Task<JobState> StateAsync(Sql sql, SweepId sweep, int position) => (await sql.Connection.QueryAsync(sql.Transaction,
        "SELECT state FROM jobs WHERE sweep_id = @sweep AND position = @position", r => (JobState)r.GetInt32(0), ("sweep", sweep.Value), ("position", position)))[0];

    /// <summary>Adds a report's statements.</summary>
    /// <returns>The one whose count says whether the report was accepted.</returns>
    private int Decide(StatementBatch batch, SweepId sweep, JobReport report, JobState returned)
    {
        (string, object?)[] key = [("sweep", sweep.Value), ("position", report.Position), ("attempt", report.Attempt)];
        if (report is { Epoch: null, Result: null, Checkpoint: { } checkpoint }) KeepCheckpoint(batch, key, checkpoint);
        if (report.Fault is { DropCheckpoint: true }) batch.Add($"DELETE FROM checkpoints WHERE sweep_id = @sweep AND position = @position AND EXISTS (SELECT 1 FROM jobs WHERE {Current})", key);
        return report switch
        {
            { Epoch: { } epoch } => AddEpoch(batch, key, epoch),
            { Result: { } result } => AddResult(batch, key, result),
            { Fault: { } fault } => AddEnd(batch, key, fault.Retry ? $"CASE WHEN faults + 1 < {MaxFaults} THEN {(int)returned} ELSE {(int)JobState.Failed} END" : $"{(int)JobState.Failed}",
                $", faults = faults + 1, error = @fault{(fault.DropCheckpoint ? ", epoch = 0, context_tokens = NULL" : "")}", AttemptOutcome.Failed, fault.Message),
            _ => AddEnd(batch, key, $"{(int)returned}", "", AttemptOutcome.Returned, "handed back"),
        };
    }

    private const string Current = "sweep_id = @sweep AND position = @position AND attempt = @attempt AND state = 1";

    private static int AddEpoch(StatementBatch batch, (string, object?)[] key, EpochReport epoch)
    {
        // A report whose answer was lost is sent again: the same epoch is no fault.
        var decides = batch.Add($"UPDATE jobs SET flags = CASE WHEN context_tokens < @tokens AND epoch < @epoch THEN 1 ELSE flags END, epoch = @epoch, loss = @loss, context_tokens = @tokens, losses = 0 WHERE {Current} AND epoch <= @epoch",
            [.. key, ("epoch", epoch.Epoch), ("loss", epoch.Loss), ("tokens", epoch.ImageContextTokens + epoch.TextContextTokens)]);
        batch.Add($"""
            INSERT INTO epochs (sweep_id, position, epoch, attempt, loss, train_accuracy, learning_rate, image_context_tokens, text_context_tokens, seconds)
            SELECT sweep_id, position, epoch, attempt, @loss, @accuracy, @rate, @image, @text, @seconds FROM jobs WHERE {Current} AND epoch = @epoch ON CONFLICT DO NOTHING
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
        KeepCheckpoint(batch, key, epoch.Checkpoint, " AND epoch = @epoch", ("epoch", epoch.Epoch));
        return decides;
    }

    private static void KeepCheckpoint(StatementBatch batch, (string, object?)[] key, byte[] content, string condition = "", params (string, object?)[] more) =>
        batch.Add($"""
            INSERT INTO checkpoints (sweep_id, position, epoch, content) SELECT sweep_id, position, epoch, @content FROM jobs WHERE {Current}{condition}
            ON CONFLICT (sweep_id, position) DO UPDATE SET epoch = excluded.epoch, content = excluded.content
            """, [.. key, ("content", content), .. more]);

    private int AddResult(StatementBatch batch, (string, object?)[] key, JobResult result)
    {
        var decides = batch.Add($"""
            UPDATE jobs SET state = {(int)JobState.Completed}, lease = NULL, error = NULL, test_correct = @test_correct, test_total = @test_total,
                validation_correct = @validation_correct, validation_total = @validation_total, image_context_tokens = @image, text_context_tokens = @text,
                trainable_parameters = @parameters, multiply_adds = @multiply_adds, seconds = @seconds, hook_multiply_adds = @hook_multiply_adds
            WHERE {Current}
            """,
            [.. key, ("test_correct", result.TestCorrect), ("test_total", result.TestTotal), ("validation_correct", result.ValidationCorrect),
                ("validation_total", result.ValidationTotal), ("image", result.ImageContextTokens), ("text", result.TextContextTokens),
                ("parameters", result.TrainableParameters), ("multiply_adds", result.MultiplyAdds), ("seconds", result.Duration.TotalSeconds), ("hook_multiply_adds", result.HookMultiplyAdds)]);
        const string completed = "sweep_id = @sweep AND position = @position AND attempt = @attempt AND state = 2";
        batch.Add($"INSERT INTO attempts ({ColumnsToEnd}) SELECT {EndOfAttempt}, {(int)AttemptOutcome.Completed}, NULL FROM jobs WHERE {completed} ON CONFLICT DO NOTHING", [.. key, ("now", NowMs)]);
        if (result.Prompts is { } prompts)
        {
            AddPrompts(batch, key, completed, prompts);
            batch.Add($"DELETE FROM checkpoints WHERE sweep_id = @sweep AND position = @position AND EXISTS (SELECT 1 FROM jobs WHERE {completed})", key);
        }
        return decides;
    }

    /// <summary>The attempt's row is written first, while the job still shows it as open.</summary>
    private int AddEnd(StatementBatch batch, (string, object?)[] key, string next, string more, AttemptOutcome outcome, string fault)
    {
        batch.Add($"INSERT INTO attempts ({ColumnsToEnd}) SELECT {EndOfAttempt}, {(int)outcome}, @fault FROM jobs WHERE {Current} ON CONFLICT DO NOTHING", [.. key, ("now", NowMs), ("fault", fault)]);
        (string, object?)[] parameters = more.Length > 0 ? [.. key, ("fault", fault)] : key;
        return batch.Add($"UPDATE jobs SET state = {next}, lease = NULL{more} WHERE {Current}", parameters);
    }

    private async Task<(int[] Lost, int[] GivenUp)> LoseAsync(Sql sql, SweepId sweep, int pack, string? lease, JobState next)
    {
        const string open = "sweep_id = @sweep AND pack = @pack AND state = 1 AND (@lease = '' OR lease = @lease)";
        (string, object?)[] key = [("sweep", sweep.Value), ("pack", pack), ("lease", lease ?? "")];
        await sql.Connection.ExecuteAsync(sql.Transaction,
            $"INSERT INTO attempts ({ColumnsToEnd}) SELECT {EndOfAttempt}, {(int)AttemptOutcome.Lost}, '{LostFault}' FROM jobs WHERE {open} ON CONFLICT DO NOTHING", [.. key, ("now", NowMs)]);
        var lost = await sql.Connection.QueryAsync(sql.Transaction, $"""
            UPDATE jobs SET lease = NULL, losses = losses + 1, state = CASE WHEN losses + 1 < {MaxLosses} THEN {(int)next} ELSE {(int)JobState.Failed} END,
                error = CASE WHEN losses + 1 < {MaxLosses} THEN error ELSE '{TooManyLosses}' END
            WHERE {open} RETURNING position, state
            """, r => (Position: r.GetInt32(0), State: (JobState)r.GetInt32(1)), key);
        return ([.. lost.Select(job => job.Position)], [.. lost.Where(job => job.State == JobState.Failed).Select(job => job.Position)]);
    }
}

/// <summary>What the beginning of a pack changed.</summary>
/// <param name="Assignments">The jobs to run.</param>
/// <param name="Epochs">By position, the epochs that they have behind them.</param>
/// <param name="Lost">Positions whose earlier attempt was still open.</param>
/// <param name="GivenUp">Those of them that were given up.</param>
/// <param name="MoreWait">Whether other jobs of the pack wait for another lease.</param>
internal sealed record PackBeginning(JobAssignment[] Assignments, Dictionary<int, int> Epochs, int[] Lost, int[] GivenUp, bool MoreWait);
