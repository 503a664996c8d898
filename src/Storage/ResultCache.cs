using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>The cache of earlier results: a job that was run before is not run again.</summary>
internal sealed class ResultCache(StoreAccess access)
{
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

    /// <summary>How many jobs of a plan have a result in some sweep.</summary>
    public Task<int> CountCachedAsync(SweepPlan plan) => access.RunAsync(async db =>
    {
        var (cached, mine) = (0, access.Mine(db).Select(s => s.Id));
        foreach (var ids in Enumerable.Range(0, plan.JobCount).Select(position => JobIdentity.Of(plan, position).Value).Chunk(500))
            cached += await db.Jobs.Where(j => ids.Contains(j.JobId) && j.State == JobState.Completed && mine.Contains(j.SweepId))
                .Select(j => j.JobId).Distinct().CountAsync();
        return cached;
    });

    /// <summary>Multiply-adds a second of one worker over the last jobs that ended with the same backbone; null while none has.</summary>
    public Task<double?> SpeedAsync(SweepPlan plan) => access.RunAsync(async db =>
    {
        const int sweeps = 20, jobs = 500;
        var (cost, seconds) = (0.0, 0.0);
        foreach (var row in await access.Mine(db).AsNoTracking().OrderByDescending(s => s.Ordinal).Take(sweeps)
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

    /// <summary>Compares the results of jobs that ran although the cache had them with what it had.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="positions">Jobs that may have got their results; null for all, as at the end of a sweep, whose checks may have broken
    /// off.</param>
    /// <returns>Positions that differ.</returns>
    public Task<int[]> CheckCacheAsync(SweepId id, IReadOnlyCollection<int>? positions = null) => access.RunAsync(async db =>
    {
        var checkedJobs = await db.Jobs.Where(j => j.SweepId == id.Value && (positions == null || positions.Contains(j.Position))
            && j.CacheCheck == CacheCheck.Wanted && j.State == JobState.Completed).ToListAsync();
        var mine = access.Mine(db).Select(s => s.Id);
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

    /// <summary>Lets results of identical jobs in earlier sweeps answer, but for the share that runs again to check them.</summary>
    public async Task AnswerFromCacheAsync(Sql sql, SweepId id, double verify)
    {
        const string source = $"""
            FROM (SELECT job_id AS key, min(sweep_id) AS origin FROM jobs WHERE state = 2 AND cached_from IS NULL AND sweep_id <> @sweep
                  AND job_id IN (SELECT job_id FROM jobs WHERE sweep_id = @sweep) AND sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine})
                      GROUP BY job_id) AS known
            JOIN jobs AS earlier ON earlier.job_id = known.key AND earlier.sweep_id = known.origin
            WHERE jobs.sweep_id = @sweep AND jobs.job_id = known.key
            """;
        var columns = string.Join(", ", Rows.ResultColumns.Split(", ").Select(column => $"{column} = earlier.{column}"));
        if (verify > 0)
        {
            // A share by the id's digits: the same jobs on every submission of the same grid.
            var limit = verify >= 1 ? "g" : ((int)(verify * 0x10000)).ToString("x4", System.Globalization.CultureInfo.InvariantCulture);
            await sql.ExecuteAsync($"UPDATE jobs SET cache_check = {(int)CacheCheck.Wanted} {source} AND jobs.job_id < @limit",
                ("sweep", id.Value), ("limit", limit), access.Own);
        }
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Completed}, cached_from = earlier.sweep_id, epoch = earlier.epoch, "
                + $"environment = earlier.environment, {columns} {source} AND jobs.cache_check = 0",
            ("sweep", id.Value), access.Own);
        await sql.ExecuteAsync($"""
            INSERT INTO job_artifacts (sweep_id, position, name, content_key)
            SELECT jobs.sweep_id, jobs.position, a.name, a.content_key
            FROM jobs JOIN jobs AS earlier ON earlier.sweep_id = jobs.cached_from AND earlier.job_id = jobs.job_id
            JOIN job_artifacts AS a ON a.sweep_id = earlier.sweep_id AND a.position = earlier.position
            WHERE jobs.sweep_id = @sweep AND jobs.cached_from IS NOT NULL
            """, ("sweep", id.Value));
    }
}
