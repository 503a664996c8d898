using System.Data.Common;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Storage;

/// <summary>The relational store: the only truth about sweeps. Grains read it when they activate and write through it.</summary>
internal sealed partial class SweepStore(Lazy<IDbContextFactory<SweepDbContext>> contexts, StoreDatabase database, StoreFaults faults,
    TimeProvider time, ILogger<SweepStore> logger)
{
    private readonly PlanCache _plans = new();

    /// <summary>Says of sweeps that claim to run that they do not: nobody but the caller's process works on those of its cluster.</summary>
    public Task MarkInterruptedAsync() => TransactAsync(async sql =>
    {
        const string mine = $"SELECT id FROM sweeps WHERE {IsMine}";
        await sql.ExecuteAsync($"""
            INSERT INTO attempts ({ColumnsToEnd})
            SELECT {EndOfAttempt}, {(int)AttemptOutcome.Lost}, 'the process ended'
            FROM jobs WHERE state = {(int)JobState.Running} AND sweep_id IN ({mine})
            """, ("now", NowMs), Own);
        // An ended process is no loss of the job's own making, so it is not counted as one.
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Queued}, lease = NULL WHERE state = {(int)JobState.Running} AND sweep_id IN ({mine})",
            Own);
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Cancelled} WHERE state = {(int)JobState.Queued} "
            + $"AND sweep_id IN ({mine} AND state = {(int)SweepState.Cancelling})", Own);
        await sql.ExecuteAsync(
            $"UPDATE sweeps SET state = {(int)SweepState.Cancelled} WHERE state = {(int)SweepState.Cancelling} AND {IsMine}", Own);
        await sql.ExecuteAsync(
            $"UPDATE sweeps SET state = {(int)SweepState.Interrupted} WHERE state = {(int)SweepState.Running} AND {IsMine}", Own);
        return true;
    }, StatementTime.WholeSweep);

    /// <summary>Writes a sweep and all its jobs in one transaction, unless it is there already, and lets earlier results answer.</summary>
    public async Task CreateAsync(SweepId id, SweepPlan plan, SubmitOptions options)
    {
        if (options.UseCache) await MoveArtifactsAsync();
        if (await InsertAsync(id, plan, options)) await AnalyzeAsync();
        else if (await FindAsync(id) is null)
            throw new InvalidInputException(
                $"another cluster has submitted '{plan.Name}' to the same database at this moment; submit it again.");
    }

    private Task<bool> InsertAsync(SweepId id, SweepPlan plan, SubmitOptions options) => TransactAsync(async sql =>
    {
        var created = await sql.ExecuteAsync($"""
            INSERT INTO sweeps (id, cluster, ordinal, name, state, submitted_ms, priority, parallel, pool, submitted_by, total_jobs,
                spec_json, plan_format, plan_json, trainer, supersedes)
            VALUES (@id, @cluster, (SELECT coalesce(max(ordinal), 0) + 1 FROM sweeps), @name, {(int)SweepState.Running}, @now, @priority,
                @parallel, @pool, @by, @total, @spec, {StoredPlan.Format}, @plan, @trainer, @supersedes) ON CONFLICT DO NOTHING
            """,
            ("id", id.Value), Own, ("name", plan.Name), ("now", NowMs), ("priority", options.Priority), ("parallel", options.Parallel),
            ("pool", options.Pool ?? options.DefaultPool ?? ""), ("by", options.SubmittedBy), ("total", plan.JobCount),
            ("trainer", TrainerVersion.Of(plan.Trainer)), ("supersedes", options.Supersedes), ("spec", plan.SpecJson),
            ("plan", StoredPlan.Write(plan)));
        if (created == 0) return false;
        await JobLoader.LoadAsync(sql.Connection, sql.Transaction, id, plan);
        if (options.UseCache) await AnswerFromCacheAsync(sql, id, options.VerifyCache);
        return true;
    }, StatementTime.WholeSweep);

    /// <summary>
    /// Brings PostgreSQL's statistics of the jobs up to date when their table has grown by a tenth since they were made: with those of a
    /// small table it would read the whole of a large one for each report. By itself it does so within a minute or more, and a sweep begins
    /// at once.
    /// </summary>
    private async Task AnalyzeAsync()
    {
        if (!database.IsPostgres) return;
        try
        {
            await RunAsync(async db =>
            {
                const string grown = "SELECT pg_relation_size(oid) > 1.1 * relpages * current_setting('block_size')::int FROM pg_class "
                    + "WHERE oid = 'jobs'::regclass";
                var connection = await OpenAsync(db);
                // Whoever holds the lock is vacuum or another submission: both make statistics.
                if ((await connection.QueryAsync(null, grown, r => r.GetBoolean(0)))[0])
                    await connection.ExecuteAsync(null, "ANALYZE (SKIP_LOCKED) jobs");
                return true;
            });
        }
        // The sweep is stored, and runs; it only costs more until the statistics are made.
        catch (StoreException e)
        {
            LogNotAnalyzed(e);
        }
    }

    /// <summary>Sets a sweep's state.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="state">The state.</param>
    /// <param name="stops">Of a sweep that is paused: whether its jobs stop at once.</param>
    public Task SetStateAsync(SweepId id, SweepState state, bool stops = false) => RunAsync(db =>
        db.Sweeps.Where(s => s.Id == id.Value).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.State, state).SetProperty(s => s.Stops, stops)));

    /// <summary>Whether there is a sweep, of whichever cluster.</summary>
    public Task<bool> ExistsAsync(SweepId id) => RunAsync(db => db.Sweeps.AnyAsync(s => s.Id == id.Value));

    /// <summary>Sets how the queue treats a sweep.</summary>
    public Task SetShareAsync(SweepId id, int priority, int parallel, string pool) => RunAsync(db =>
        db.Sweeps.Where(s => s.Id == id.Value).ExecuteUpdateAsync(
            set => set.SetProperty(s => s.Priority, priority).SetProperty(s => s.Parallel, parallel).SetProperty(s => s.Pool, pool)));

    /// <summary>Sweeps that have not ended, with their pools as they are stored.</summary>
    public Task<List<(string Id, string Pool)>> OpenSweepsAsync() => RunAsync(async db =>
        (await Mine(db).Where(s => s.State == SweepState.Running || s.State == SweepState.Paused || s.State == SweepState.Cancelling)
            .Select(s => new { s.Id, s.Pool }).ToListAsync())
        .ConvertAll(s => (s.Id, s.Pool)));

    /// <summary>The leases under which jobs of a sweep are open.</summary>
    public Task<List<(int Pack, Guid Lease)>> OpenLeasesAsync(SweepId id) => RunAsync(async db =>
        (await db.Jobs.Where(j => j.SweepId == id.Value && j.State == JobState.Running && j.Lease != null)
            .Select(j => new { j.Pack, j.Lease }).Distinct().ToListAsync())
        .ConvertAll(job => (job.Pack, Guid.Parse(job.Lease!))));

    private long NowMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static async Task<DbConnection> OpenAsync(SweepDbContext db)
    {
        await db.Database.OpenConnectionAsync();
        return db.Database.GetDbConnection();
    }

    /// <summary>Runs the work in one transaction.</summary>
    private Task<T> TransactAsync<T>(Func<Sql, Task<T>> work, TimeSpan? limit = null) => RunAsync(async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        var sql = new Sql(db.Database.GetDbConnection(), transaction.GetDbTransaction(), database.IsPostgres ? limit : null);
        var result = await work(sql);
        await transaction.CommitAsync();
        if (sql.Wrote) faults.Wrote();
        return result;
    }, limit);

    /// <summary>
    /// Opens a context, runs the work in it and turns database errors into the user's words. It runs beside the caller: SQLite's driver
    /// blocks its thread, and a grain that waits for it must still answer.
    /// </summary>
    /// <param name="work">The work.</param>
    /// <param name="limit">How long each of its statements may take on PostgreSQL; null for what the connection says, which is
    /// <see cref="StatementTime.Usual"/>.</param>
    private Task<T> RunAsync<T>(Func<SweepDbContext, Task<T>> work, TimeSpan? limit = null) => GuardAsync(async () =>
    {
        await using var db = await contexts.Value.CreateDbContextAsync();
        if (database.IsPostgres && limit is { } time) db.Database.SetCommandTimeout(time);
        return await work(db);
    });

    /// <summary>The same on a connection of plain ADO.NET.</summary>
    private Task<T> ConnectAsync<T>(Func<DbConnection, Task<T>> work) => GuardAsync(async () =>
    {
        await using var connection = await database.OpenAsync();
        return await work(connection);
    });

    private Task<T> GuardAsync<T>(Func<Task<T>> work) => Task.Run(async () =>
    {
        try
        {
            var result = await work();
            faults.Answered();
            return result;
        }
        catch (Exception e) when (StoreFaults.DriverError(e) is not null)
        {
            throw faults.Translate(e)!;
        }
    });

    [LoggerMessage(
        LogLevel.Warning,
        "PostgreSQL's statistics of the jobs could not be brought up to date after a submission; until autovacuum does it, "
        + "statements may be slow")]
    private partial void LogNotAnalyzed(Exception error);

    /// <summary>Where statements of one transaction go, and how long each may take; null for what the connection says.</summary>
    private sealed record Sql(DbConnection Connection, DbTransaction Transaction, TimeSpan? Limit)
    {
        /// <summary>Whether the store has taken a write, if only one that changed nothing.</summary>
        public bool Wrote { get; set; }

        /// <summary>Runs a command.</summary>
        /// <returns>Rows that it has changed.</returns>
        public async Task<int> ExecuteAsync(string text, params (string Name, object? Value)[] parameters)
        {
            await using var command = Connection.Command(Transaction, text).With(parameters);
            if (Limit is { } limit) command.CommandTimeout = (int)limit.TotalSeconds;
            var changed = await command.ExecuteNonQueryAsync();
            Wrote = true;
            return changed;
        }
    }
}

/// <summary>A sweep as the store has it.</summary>
/// <param name="Sweep">Its row.</param>
/// <param name="Plan">Its plan.</param>
internal sealed record StoredSweep(SweepEntity Sweep, SweepPlan Plan);

/// <summary>A sweep's jobs as its grain holds them.</summary>
/// <param name="Counts">How many there are of each group in each state.</param>
/// <param name="Running">All that train.</param>
/// <param name="Failed">The first that were given up.</param>
/// <param name="Mismatches">The first whose result differs from the cached one.</param>
/// <param name="Verifies">Whether some still run to check the cache.</param>
internal sealed record StoredJobs(List<GroupCount> Counts, List<JobEntity> Running, List<JobEntity> Failed,
    List<JobEntity> Mismatches, bool Verifies);

/// <summary>Jobs of one group in one state.</summary>
/// <param name="Group">Index in the plan.</param>
/// <param name="State">The state.</param>
/// <param name="Jobs">How many.</param>
/// <param name="Epochs">Epochs that they have reached together.</param>
/// <param name="Cached">How many took over an earlier result.</param>
/// <param name="Checks">How many are there to check the cache.</param>
/// <param name="Mismatches">How many of those that did have found another result.</param>
internal readonly record struct GroupCount(int Group, JobState State, int Jobs, long Epochs, int Cached,
    int Checks = 0, int Mismatches = 0);
