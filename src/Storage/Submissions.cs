using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Storage;

/// <summary>Writes submitted sweeps to the store.</summary>
internal sealed partial class Submissions(StoreAccess access, StoreDatabase database, SweepTable sweeps,
    ResultCache cache, Artifacts artifacts,
    ILogger<SweepStore> logger)
{
    /// <summary>
    /// Writes a sweep and all its jobs in one transaction, and reuses earlier results. Does nothing if the sweep already exists.
    /// </summary>
    public async Task CreateAsync(SweepId id, SweepPlan plan, SubmitOptions options)
    {
        if (options.UseCache) await artifacts.MoveArtifactsAsync();
        if (await InsertAsync(id, plan, options)) await AnalyzeAsync(id);
        else if (await sweeps.FindAsync(id) is null)
            throw new InvalidInputException(
                $"another cluster submitted '{plan.Name}' to the same database at the same time; submit it again.");
    }

    private Task<bool> InsertAsync(SweepId id, SweepPlan plan, SubmitOptions options) => access.TransactAsync(async sql =>
    {
        if (options.UseCache) await SweepRemoval.KeepAwayAsync(sql);
        var created = await sql.ExecuteAsync($"""
            INSERT INTO sweeps (id, cluster, ordinal, name, state, submitted_ms, priority, parallel, pool, submitted_by, total_jobs,
                spec_json, plan_format, plan_json, trainer, supersedes)
            VALUES (@id, @cluster, (SELECT coalesce(max(ordinal), 0) + 1 FROM sweeps), @name, {(int)SweepState.Running}, @now, @priority,
                @parallel, @pool, @by, @total, @spec, {StoredPlan.FormatOf(plan)}, @plan, @trainer, @supersedes) ON CONFLICT DO NOTHING
            """,
            ("id", id.Value), access.Own, ("name", plan.Name), ("now", access.NowMs), ("priority", options.Priority),
            ("parallel", options.Parallel),
            ("pool", options.Pool ?? options.DefaultPool ?? ""), ("by", options.SubmittedBy), ("total", plan.JobCount),
            ("trainer", TrainerVersion.Of(plan.Trainer)), ("supersedes", options.Supersedes), ("spec", plan.SpecJson),
            ("plan", StoredPlan.Write(plan)));
        if (created == 0) return false;
        await JobLoader.LoadAsync(sql.Connection, sql.Transaction, id, plan, options.UseCache);
        if (options.UseCache) await cache.AnswerFromCacheAsync(sql, id, options.VerifyCache);
        return true;
    }, StatementTime.WholeSweep);

    /// <summary>
    /// Updates PostgreSQL's statistics on the jobs table if the table has grown by a tenth since the statistics were collected. With
    /// outdated statistics, PostgreSQL would scan the whole table for each report. Autovacuum updates them only after a minute or more, but
    /// a sweep starts at once.
    /// </summary>
    private async Task AnalyzeAsync(SweepId id)
    {
        if (!database.IsPostgres) return;
        try
        {
            await access.ConnectAsync(async connection =>
            {
                const string grown = "SELECT pg_relation_size(oid) > 1.1 * relpages * current_setting('block_size')::int FROM pg_class "
                    + "WHERE oid = 'jobs'::regclass";
                // If the lock is held, the holder is vacuum or another submission, and either updates the statistics.
                if ((await connection.QueryAsync(null, grown, r => r.GetBoolean(0)))[0])
                    await connection.ExecuteAsync(null, "ANALYZE (SKIP_LOCKED) jobs");
                return true;
            });
        }
        // The sweep is stored and runs. It is only slower until the statistics are updated.
        catch (StoreException e)
        {
            LogNotAnalyzed(id, e);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Could not update PostgreSQL's statistics of the jobs table after sweep {Sweep} was submitted; statements may be slow until "
        + "autovacuum updates them")]
    private partial void LogNotAnalyzed(SweepId sweep, Exception error);
}
