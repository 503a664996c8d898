using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>The cache of earlier results. A job that has already run in an earlier sweep does not run again.</summary>
internal sealed class ResultCache(StoreAccess access, PromptCache prompts)
{
    /// <summary>Returns a plan with its number of cached jobs and its estimated duration.</summary>
    public async Task<PlanPreview> PreviewAsync(SweepPlan plan)
    {
        var cached = await CountCachedAsync(plan);
        var (evaluated, training) = plan.Evaluate is null ? (0, 0) : await prompts.CountAsync(plan);
        // The estimate assumes that the cached jobs' share of the work equals their share of the jobs, which avoids looking up each job. It
        // also assumes that an evaluation takes no time compared with training.
        var left = plan.JobCount == 0 ? 0
            : plan.Groups.Sum(group => group.Cost) * plan.Seeds.Length * (plan.JobCount - cached - evaluated) / plan.JobCount;
        return new PlanPreview(plan, cached, await SpeedAsync(plan) is { } speed
            && left / speed < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(left / speed) : null)
        {
            Evaluated = evaluated,
            Training = training,
        };
    }

    /// <summary>Returns the number of jobs in a plan that already have a result in one of this cluster's sweeps.</summary>
    public Task<int> CountCachedAsync(SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        var cached = 0;
        foreach (var ids in plan.Positions.Select(position => JobIdentity.Of(plan, position).Value).Chunk(500))
            cached += (await connection.QueryAsync(null, $"""
                SELECT count(DISTINCT job_id) FROM jobs WHERE {connection.In("job_id", "ids")} AND state = {(int)JobState.Completed}
                    AND sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine})
                """, r => r.GetInt32(0), ("ids", connection.Array(ids)), access.Own))[0];
        return cached;
    });

    /// <summary>
    /// Returns the MACs per second of one worker, averaged over the latest completed jobs with the same backbones; null if there are none.
    /// </summary>
    public Task<double?> SpeedAsync(SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        const int sweeps = 20, jobs = 500;
        var (cost, seconds) = (0.0, 0.0);
        var backbones = Backbones(plan).ToHashSet();
        foreach (var (id, format, json) in await connection.QueryAsync(null,
            $"SELECT id, plan_format, plan_json FROM sweeps WHERE {StoreAccess.IsMine} ORDER BY ordinal DESC LIMIT {sweeps}",
            r => (r.GetString(0), r.GetInt32(1), r.GetString(2)), access.Own))
        {
            if (StoredPlan.TryRead(format, json) is not { } other || !backbones.Overlaps(Backbones(other))) continue;
            var ended = await connection.QueryAsync(null, $"""
                SELECT position, {ResultColumns.Seconds} FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Completed}
                    AND cached_from IS NULL AND {ResultColumns.TrainedFrom} IS NULL AND attempt = 1 ORDER BY position DESC LIMIT {jobs}
                """, r => (Position: new JobPosition(r.GetInt32(0)), Seconds: r.IsDBNull(1) ? 0 : r.GetDouble(1)), ("sweep", id));
            foreach (var (position, taken) in ended.Where(job => backbones.Contains(other.BackboneFingerprintOf(job.Position))))
                (cost, seconds) = (cost + other.Group(position).Cost, seconds + taken);
        }
        return cost > 0 && seconds > 0 ? cost / seconds : (double?)null;

        static IEnumerable<string> Backbones(SweepPlan of) =>
            of.Groups.Select(group => group.BackboneFingerprint ?? of.BackboneFingerprint).Distinct();
    });

    /// <summary>Compares the results of jobs that ran to verify the cache with their cached results.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="positions">
    /// The positions of jobs that may have new results. Null for all jobs, which is used at the end of a sweep because earlier checks may
    /// have been interrupted.
    /// </param>
    /// <returns>The positions of jobs whose results differ.</returns>
    public Task<JobPosition[]> CheckCacheAsync(SweepId id, IReadOnlyCollection<JobPosition>? positions = null) =>
        access.TransactAsync(async sql =>
    {
        var wanted = $"jobs.cache_check = {(int)CacheCheck.Wanted} AND jobs.state = {(int)JobState.Completed}"
            + (positions is null ? "" : $" AND {sql.Connection.In("jobs.position", "some")}");
        (string, object?)[] which = [("sweep", id.Value), access.Own];
        var pairs = await sql.Connection.QueryAsync(sql.Transaction, $"""
            SELECT jobs.position, earlier.sweep_id, {ResultColumns.Select("jobs")}, {ResultColumns.Select("earlier")}
            FROM jobs, {Earlier($"sweep_id = @sweep AND {wanted}")}
            WHERE jobs.sweep_id = @sweep AND jobs.job_id = known.key AND {wanted}
            """, r => (Position: new JobPosition(r.GetInt32(0)), Sweep: r.GetString(1), Mine: Content(ResultColumns.Read(r, 2)!),
                Earlier: Content(ResultColumns.Read(r, 2 + ResultColumns.Count)!)),
            positions is null ? which : [.. which, ("some", sql.Connection.Array([.. positions.Select(position => position.Value)]))]);
        var updates = new StatementBatch(sql.Connection, sql.Transaction);
        foreach (var (position, sweep, mine, earlier) in pairs)
        {
            var equal = earlier == mine;
            updates.Add(
                "UPDATE jobs SET cache_check = @check, error = coalesce(@error, error) WHERE sweep_id = @sweep AND position = @position",
                ("check", (int)(equal ? CacheCheck.Equal : CacheCheck.Different)),
                ("error", equal ? null : $"the cache has {earlier} from {sweep}, but this run produced {mine}"),
                ("sweep", id.Value), ("position", position.Value));
        }
        await updates.ExecuteAsync();
        sql.Wrote = pairs.Count > 0;
        return pairs.Where(pair => pair.Earlier != pair.Mine).Select(pair => pair.Position).ToArray();

        static string Content(JobResult result) =>
            $"test {result.TestCorrect}/{result.TestTotal}, validation {result.ValidationCorrect}/{result.ValidationTotal}, tokens "
                + $"{result.ImageContextTokens}+{result.TextContextTokens}, {result.TrainableParameters} parameters"
                + string.Concat((result.Targets ?? []).Select(target => $", {target.Name} {target.Correct}/{target.Total}"));
    });

    /// <summary>
    /// Completes jobs with the results of identical jobs in earlier sweeps, except the fraction of jobs that run again to verify the cache.
    /// </summary>
    public async Task AnswerFromCacheAsync(Sql sql, SweepId id, double verify)
    {
        var source = $"FROM {Earlier("sweep_id = @sweep")} WHERE jobs.sweep_id = @sweep AND jobs.job_id = known.key";
        if (verify > 0)
        {
            // The leading digits of the job id select the fraction, so that each submission of the same grid verifies the same jobs.
            var limit = verify >= 1 ? "g" : ((int)(verify * 0x10000)).ToString("x4", System.Globalization.CultureInfo.InvariantCulture);
            await sql.ExecuteAsync($"UPDATE jobs SET cache_check = {(int)CacheCheck.Wanted} {source} AND jobs.job_id < @limit",
                ("sweep", id.Value), ("limit", limit), access.Own);
        }
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Completed}, cached_from = earlier.sweep_id, epoch = earlier.epoch, "
                + $"environment = earlier.environment, {ResultColumns.CopyFrom("earlier")} {source} AND jobs.cache_check = 0",
            ("sweep", id.Value), access.Own);
        await sql.ExecuteAsync($"""
            INSERT INTO job_artifacts (sweep_id, position, name, content_key)
            SELECT jobs.sweep_id, jobs.position, a.name, a.content_key
            FROM jobs JOIN jobs AS earlier ON earlier.sweep_id = jobs.cached_from AND earlier.job_id = jobs.job_id
            JOIN job_artifacts AS a ON a.sweep_id = earlier.sweep_id AND a.position = earlier.position
            WHERE jobs.sweep_id = @sweep AND jobs.cached_from IS NOT NULL
            """, ("sweep", id.Value));
    }

    /// <summary>
    /// Returns SQL that finds an earlier job with the same id for each selected job. The earlier job is in another of the cluster's sweeps
    /// and has computed its result itself. The SQL defines "known" with the ids and "earlier" with the jobs.
    /// </summary>
    /// <param name="mine">The SQL condition that selects the jobs to look up.</param>
    private static string Earlier(string mine) => $"""
        (SELECT job_id AS key, min(sweep_id) AS origin FROM jobs
            WHERE {Ran} AND sweep_id <> @sweep AND job_id IN (SELECT job_id FROM jobs WHERE {mine})
                AND sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine})
            GROUP BY job_id) AS known
        JOIN jobs AS earlier ON earlier.job_id = known.key AND earlier.sweep_id = known.origin
        """;

    private static readonly string Ran = $"state = {(int)JobState.Completed} AND cached_from IS NULL";
}
