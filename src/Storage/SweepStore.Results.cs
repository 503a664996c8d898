using System.Data.Common;
using System.Text.Json;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>What was found, the cache of earlier results, and the story of one job.</summary>
internal sealed partial class SweepStore
{
    private const string ResultColumns =
        "test_correct, test_total, validation_correct, validation_total, image_context_tokens, text_context_tokens, trainable_parameters, "
            + "multiply_adds, seconds, hook_multiply_adds, loss";

    /// <summary>Accepted results by position, without prompts.</summary>
    public Task<List<JobOutcome>> ResultsAsync(SweepId id) => ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT position, {ResultColumns} FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Completed}",
        r => new JobOutcome(r.GetInt32(0), new JobResult
        {
            TestCorrect = r.GetInt32(1),
            TestTotal = r.GetInt32(2),
            ValidationCorrect = r.GetInt32(3),
            ValidationTotal = r.GetInt32(4),
            ImageContextTokens = r.GetInt32(5),
            TextContextTokens = r.GetInt32(6),
            TrainableParameters = r.GetInt64(7),
            MultiplyAdds = r.GetInt64(8),
            Duration = TimeSpan.FromSeconds(r.GetDouble(9)),
            HookMultiplyAdds = r.IsDBNull(10) ? 0 : r.GetInt64(10),
            FinalLoss = r.IsDBNull(11) ? null : r.GetDouble(11),
        }), ("sweep", id.Value)));

    /// <summary>The result in a completed job's row.</summary>
    public static JobResult Result(JobEntity job) => new()
    {
        TestCorrect = job.TestCorrect!.Value,
        TestTotal = job.TestTotal!.Value,
        ValidationCorrect = job.ValidationCorrect!.Value,
        ValidationTotal = job.ValidationTotal!.Value,
        ImageContextTokens = job.ImageContextTokens!.Value,
        TextContextTokens = job.TextContextTokens!.Value,
        TrainableParameters = job.TrainableParameters!.Value,
        MultiplyAdds = job.MultiplyAdds!.Value,
        Duration = TimeSpan.FromSeconds(job.Seconds!.Value),
        HookMultiplyAdds = job.HookMultiplyAdds ?? 0,
        FinalLoss = job.Loss,
    };

    /// <summary>How many jobs of a plan have a result in some sweep.</summary>
    public Task<int> CountCachedAsync(SweepPlan plan) => RunAsync(async db =>
    {
        var (cached, mine) = (0, Mine(db).Select(s => s.Id));
        foreach (var ids in Enumerable.Range(0, plan.JobCount).Select(position => JobIdentity.Of(plan, position).Value).Chunk(500))
            cached += await db.Jobs.Where(j => ids.Contains(j.JobId) && j.State == JobState.Completed && mine.Contains(j.SweepId))
                .Select(j => j.JobId).Distinct().CountAsync();
        return cached;
    });

    /// <summary>Multiply-adds a second of one worker over the last jobs that ended with the same backbone; null while none has.</summary>
    public Task<double?> SpeedAsync(SweepPlan plan) => RunAsync(async db =>
    {
        const int sweeps = 20, jobs = 500;
        var (cost, seconds) = (0.0, 0.0);
        foreach (var row in await Mine(db).AsNoTracking().OrderByDescending(s => s.Ordinal).Take(sweeps)
            .Select(s => new { s.Id, s.PlanFormat, s.PlanJson }).ToListAsync())
        {
            if (StoredPlan.TryRead(row.PlanFormat, row.PlanJson) is not { } other || other.BackboneFingerprint != plan.BackboneFingerprint)
                continue;
            var ended = await db.Jobs.AsNoTracking().Where(j => j.SweepId == row.Id && j.State == JobState.Completed
                && j.CachedFrom == null && j.Attempt == 1)
                .OrderByDescending(j => j.Position).Take(jobs).Select(j => new { j.Position, j.Seconds }).ToListAsync();
            cost += ended.Sum(job => other.Groups[job.Position / other.Seeds.Length].Cost);
            seconds += ended.Sum(job => job.Seconds ?? 0);
        }
        return cost > 0 && seconds > 0 ? cost / seconds : (double?)null;
    });

    /// <summary>A plan with what the store knows of it.</summary>
    public async Task<PlanPreview> PreviewAsync(SweepPlan plan)
    {
        var cached = await CountCachedAsync(plan);
        // Which jobs are cached is not looked at one by one: the share of them stands for their share of the work.
        var left = plan.JobCount == 0 ? 0
            : plan.Groups.Sum(group => group.Cost) * plan.Seeds.Length * (plan.JobCount - cached) / plan.JobCount;
        return new PlanPreview(plan, cached, await SpeedAsync(plan) is { } speed
            && left / speed < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(left / speed) : null);
    }

    /// <summary>Where the comparison of cached results went wrong.</summary>
    public Task<List<JobEntity>> CacheMismatchesAsync(SweepId id, int limit) =>
        ConnectAsync(connection => JobsAsync(connection, id, Differs, limit));

    /// <summary>Compares the results of jobs that ran although the cache had them with what it had.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="positions">Jobs that may have got their results; null for all, as at the end of a sweep, whose checks may have broken
    /// off.</param>
    /// <returns>Positions that differ.</returns>
    public Task<int[]> CheckCacheAsync(SweepId id, IReadOnlyCollection<int>? positions = null) => RunAsync(async db =>
    {
        var checkedJobs = await db.Jobs.Where(j => j.SweepId == id.Value && (positions == null || positions.Contains(j.Position))
            && j.CacheCheck == CacheCheck.Wanted && j.State == JobState.Completed).ToListAsync();
        var mine = Mine(db).Select(s => s.Id);
        foreach (var job in checkedJobs)
        {
            var earlier = await db.Jobs.AsNoTracking().Where(j => j.JobId == job.JobId && j.SweepId != id.Value
                && j.State == JobState.Completed && j.CachedFrom == null && mine.Contains(j.SweepId)).FirstOrDefaultAsync();
            if (earlier is null) continue;
            job.CacheCheck = Content(earlier) == Content(job) ? CacheCheck.Equal : CacheCheck.Different;
            if (job.CacheCheck == CacheCheck.Different)
                job.Error = $"the cache has {Content(earlier)} from {earlier.SweepId}, this run gave {Content(job)}";
        }
        await db.SaveChangesAsync();
        return checkedJobs.Where(job => job.CacheCheck == CacheCheck.Different).Select(job => job.Position).ToArray();

        static string Content(JobEntity job) =>
            $"test {job.TestCorrect}/{job.TestTotal}, validation {job.ValidationCorrect}/{job.ValidationTotal}, tokens "
                + $"{job.ImageContextTokens}+{job.TextContextTokens}, {job.TrainableParameters} parameters";
    });

    /// <summary>The ended attempts of a job.</summary>
    public Task<JobAttempt[]> AttemptsAsync(SweepId id, JobEntity job) => ConnectAsync(async connection =>
    {
        var ended = await connection.QueryAsync(null,
            "SELECT number, worker, started_ms, ended_ms, outcome, fault, environment FROM attempts "
                + "WHERE sweep_id = @sweep AND position = @position ORDER BY number",
            r => (
                Attempt: new JobAttempt(r.GetInt32(0), r.GetString(1), At(r.GetInt64(2)), At(r.GetInt64(3)), (AttemptOutcome)r.GetInt32(4),
                    r.IsDBNull(5) ? null : r.GetString(5), null),
                Environment: r.IsDBNull(6) ? null : r.GetString(6)),
            ("sweep", id.Value), ("position", job.Position));
        var environments = await EnvironmentsAsync(connection,
            [.. ended.Select(a => a.Environment).Append(job.Environment).OfType<string>().Distinct()]);
        RunEnvironment? Environment(string? key) => key is null ? null : environments.GetValueOrDefault(key);
        var attempts = ended.Select(a => a.Attempt with { Environment = Environment(a.Environment) });
        if (job.State == JobState.Running)
            attempts = attempts.Append(new JobAttempt(job.Attempt, job.Worker!, At(job.StartedMs!.Value), null, AttemptOutcome.Open, null,
                Environment(job.Environment)));
        return attempts.ToArray();
    });

    /// <summary>The epochs and prune steps of a job, or of the one whose result it took over.</summary>
    public Task<(JobEpoch[] Epochs, PruneStep[] Prunes)> HistoryAsync(SweepId id, JobEntity job) => ConnectAsync(async connection =>
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
            "SELECT epoch, loss, train_accuracy, learning_rate, image_context_tokens, text_context_tokens, seconds FROM "
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
            }, key);
        var prunes = await connection.QueryAsync(null,
            $"SELECT iteration, image_mask, text_mask FROM prune_steps {which} ORDER BY iteration",
            r => new PruneStep { Iteration = r.GetInt32(0), ImageMask = (byte[])r.GetValue(1), TextMask = (byte[])r.GetValue(2) }, key);
        return (epochs.ToArray(), prunes.ToArray());
    });

    /// <summary>Beginnings and ends of attempts, oldest first.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="plan">Its plan, which describes the jobs.</param>
    /// <param name="position">Of one job only; null for all.</param>
    /// <param name="from">At this time or later; null for all.</param>
    /// <param name="limit">The last so many of them.</param>
    public Task<AttemptEvent[]> LogAsync(SweepId id, SweepPlan plan, int? position, DateTimeOffset? from, int limit) =>
        ConnectAsync(async connection =>
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
                (Position: r.GetInt32(0), Id: r.GetString(1), Number: r.GetInt32(2), Worker: r.GetString(3), At: r.GetInt64(4),
                    Outcome: (AttemptOutcome)r.GetInt32(5), Fault: r.IsDBNull(6) ? null : r.GetString(6)),
            ("sweep", id.Value), ("position", position ?? -1), ("from", from?.ToUnixTimeMilliseconds() ?? 0L), ("limit", limit));
        return events.Select(e =>
            new AttemptEvent(At(e.At), new(e.Id), JobNames.Describe(plan.Definition(e.Position)), e.Number, e.Worker, e.Outcome, e.Fault))
                .ToArray();
    });

    /// <summary>What attempts ran on.</summary>
    public Task<SortedDictionary<string, RunEnvironment>> EnvironmentsAsync(string[] ids) =>
        ConnectAsync(connection => EnvironmentsAsync(connection, ids));

    private static async Task<SortedDictionary<string, RunEnvironment>> EnvironmentsAsync(DbConnection connection, string[] ids)
    {
        var rows = await connection.QueryAsync(null, $"SELECT id, json FROM environments WHERE {connection.In("id", "some")}",
            r => KeyValuePair.Create(r.GetString(0), JsonSerializer.Deserialize<RunEnvironment>(r.GetString(1), AdaptClusterJson.Stored)!),
            ("some", connection.Array(ids)));
        return new(new Dictionary<string, RunEnvironment>(rows), StringComparer.Ordinal);
    }

    private static DateTimeOffset At(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    /// <summary>Lets results of identical jobs in earlier sweeps answer, but for the share that runs again to check them.</summary>
    private async Task AnswerFromCacheAsync(Sql sql, SweepId id, double verify)
    {
        const string source = $"""
            FROM (SELECT job_id AS key, min(sweep_id) AS origin FROM jobs WHERE state = 2 AND cached_from IS NULL AND sweep_id <> @sweep
                  AND job_id IN (SELECT job_id FROM jobs WHERE sweep_id = @sweep) AND sweep_id IN (SELECT id FROM sweeps WHERE {IsMine})
                      GROUP BY job_id) AS known
            JOIN jobs AS earlier ON earlier.job_id = known.key AND earlier.sweep_id = known.origin
            WHERE jobs.sweep_id = @sweep AND jobs.job_id = known.key
            """;
        var columns = string.Join(", ", ResultColumns.Split(", ").Select(column => $"{column} = earlier.{column}"));
        if (verify > 0)
        {
            // A share by the id's digits: the same jobs on every submission of the same grid.
            var limit = verify >= 1 ? "g" : ((int)(verify * 0x10000)).ToString("x4", System.Globalization.CultureInfo.InvariantCulture);
            await sql.ExecuteAsync($"UPDATE jobs SET cache_check = {(int)CacheCheck.Wanted} {source} AND jobs.job_id < @limit",
                ("sweep", id.Value), ("limit", limit), Own);
        }
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Completed}, cached_from = earlier.sweep_id, epoch = earlier.epoch, "
                + $"environment = earlier.environment, {columns} {source} AND jobs.cache_check = 0",
            ("sweep", id.Value), Own);
        await sql.ExecuteAsync($"""
            INSERT INTO job_artifacts (sweep_id, position, name, content_key)
            SELECT jobs.sweep_id, jobs.position, a.name, a.content_key
            FROM jobs JOIN jobs AS earlier ON earlier.sweep_id = jobs.cached_from AND earlier.job_id = jobs.job_id
            JOIN job_artifacts AS a ON a.sweep_id = earlier.sweep_id AND a.position = earlier.position
            WHERE jobs.sweep_id = @sweep AND jobs.cached_from IS NOT NULL
            """, ("sweep", id.Value));
    }
}
