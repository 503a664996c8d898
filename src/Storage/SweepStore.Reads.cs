using System.Data.Common;
using System.Globalization;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>
/// What people look at: sweeps and their jobs. All over plain ADO.NET, since a command that only looks would spend more time on query
/// expressions than on everything else.
/// </summary>
internal sealed partial class SweepStore
{
    /// <summary>The order in which sweeps are listed: the one that was submitted last first.</summary>
    private const string NewestFirst = "ORDER BY ordinal DESC, submitted_ms DESC, id";

    /// <summary>
    /// Whether a silo that starts would leave an embedded store as it is, so that it may be read without one: it is of this program's
    /// version, none of its sweeps claims to run, and what is paused has something left to run. Ended sweeps are not looked through for
    /// jobs that are still open.
    /// </summary>
    public Task<bool> IsAtRestAsync() => ConnectAsync(async connection =>
    {
        const string has = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'";
        if ((await connection.QueryAsync(null, has, r => r.GetInt32(0)))[0] == 0) return false;
        var applied = await connection.QueryAsync(null, "SELECT \"MigrationId\" FROM migrations", r => r.GetString(0));
        if (!Migrations.Migrated.Ids.SequenceEqual(applied.Order(StringComparer.Ordinal))) return false;
        const string jobs = "SELECT 1 FROM jobs WHERE sweep_id = sweeps.id AND state";
        var moving = $"""
            SELECT count(*) FROM sweeps WHERE {IsMine}
                AND (cluster = '' OR state IN ({(int)SweepState.Running}, {(int)SweepState.Cancelling})
                OR state = {(int)SweepState.Paused}
                    AND (EXISTS ({jobs} = {(int)JobState.Running}) OR NOT EXISTS ({jobs} = {(int)JobState.Queued})))
            """;
        return (await connection.QueryAsync(null, moving, r => r.GetInt32(0), Own))[0] == 0;
    });

    /// <summary>Reads a sweep's row and plan, and claims it where no cluster has; null when there is none.</summary>
    /// <exception cref="UnreadablePlanException">Another version of the program wrote the plan, and this one cannot read it.</exception>
    public Task<StoredSweep?> FindAsync(SweepId id) => ConnectAsync(async connection =>
    {
        if (await ClaimedAsync(connection, id) is not { } sweep) return null;
        var plan = _plans.Get(sweep.Id, () => StoredPlan.Read(sweep.Id, sweep.PlanFormat, sweep.PlanJson) with
        {
            SpecJson = sweep.SpecJson,
            Trainer = sweep.Trainer,
        });
        // Grains keep the row, and need these texts once.
        (sweep.SpecJson, sweep.PlanJson) = (plan.SpecJson, "");
        return new StoredSweep(sweep, plan);
    });

    /// <summary>The same with only what its plan is to train.</summary>
    /// <exception cref="UnreadablePlanException">Another version of the program wrote the plan, and this one cannot read it.</exception>
    public Task<(SweepEntity Sweep, PlannedWork Work)?> FindWorkAsync(SweepId id) => ConnectAsync(async connection =>
        await ClaimedAsync(connection, id) is { } sweep ? (sweep, StoredPlan.ReadWork(sweep.Id, sweep.PlanFormat, sweep.PlanJson))
            : default((SweepEntity, PlannedWork)?));

    private async Task<SweepEntity?> ClaimedAsync(DbConnection connection, SweepId id)
    {
        var sweep = await RowAsync(connection, id);
        if (sweep is not { Cluster: "" }) return sweep;
        await ClaimAsync(connection, id);
        return await RowAsync(connection, id);
    }

    /// <summary>
    /// What a sweep's grain holds of its jobs: one pass over them, which also finds those that train, and a look at the few that it says
    /// there are to see.
    /// </summary>
    public Task<StoredJobs> LoadAsync(SweepId id, int seeds) => ConnectAsync(async connection =>
    {
        var training = new List<int>();
        var counts = await connection.QueryAsync(null, $"""
            SELECT position / @seeds, state, count(*), sum(epoch), count(cached_from),
                sum(CASE cache_check WHEN {(int)CacheCheck.Wanted} THEN 1 ELSE 0 END),
                sum(CASE cache_check WHEN {(int)CacheCheck.Different} THEN 1 ELSE 0 END),
                string_agg(CASE state WHEN {(int)JobState.Running} THEN CAST(position AS text) END, ' ')
            FROM jobs WHERE sweep_id = @sweep GROUP BY position / @seeds, state
            """,
            r =>
            {
                if (!r.IsDBNull(7))
                    training.AddRange(r.GetString(7).Split(' ').Select(position => int.Parse(position, CultureInfo.InvariantCulture)));
                return new GroupCount(
                    r.GetInt32(0), (JobState)r.GetInt32(1), (int)r.GetInt64(2), r.GetInt64(3), (int)r.GetInt64(4),
                    (int)r.GetInt64(5), (int)r.GetInt64(6));
            }, ("seeds", seeds), ("sweep", id.Value));
        return new StoredJobs(
            counts,
            training.Count == 0 ? []
                : await JobsAsync(connection, id, $"state = {(int)JobState.Running} AND {connection.In("position", "some")}", int.MaxValue,
                    ("some", connection.Array(training.ToArray()))),
            counts.Exists(count => count.State == JobState.Failed)
                ? await JobsAsync(connection, id, $"state = {(int)JobState.Failed}", SweepStatus.MaxListed) : [],
            counts.Exists(count => count.Mismatches > 0) ? await JobsAsync(connection, id, Differs, SweepStatus.MaxListed) : [],
            counts.Exists(count => count.Checks > 0));
    });

    /// <summary>Some of the sweeps, newest first.</summary>
    public Task<SweepListPage> ListAsync(int from, int count) => ConnectAsync(async connection =>
    {
        var total = (await connection.QueryAsync(null, $"SELECT count(*) FROM sweeps WHERE {IsMine}", r => r.GetInt32(0), Own))[0];
        var sweeps = await connection.QueryAsync(null,
            $"SELECT id, name, state, submitted_ms, submitted_by, total_jobs FROM sweeps WHERE {IsMine} {NewestFirst} "
                + "LIMIT @count OFFSET @from",
            r =>
                (Id: r.GetString(0), Name: r.GetString(1), State: (SweepState)r.GetInt32(2), At: r.GetInt64(3),
                    By: r.IsDBNull(4) ? null : r.GetString(4), Jobs: r.GetInt32(5)),
            Own, ("count", count), ("from", from));
        var counts = (await connection.QueryAsync(null, $"""
            SELECT sweep_id, state, count(*), count(cached_from) FROM jobs
            WHERE {connection.In("sweep_id", "some")} AND state IN ({(int)JobState.Completed}, {(int)JobState.Failed})
                GROUP BY sweep_id, state
            """,
            r => (Sweep: r.GetString(0), State: (JobState)r.GetInt32(1), Count: (int)r.GetInt64(2), Cached: (int)r.GetInt64(3)),
            ("some", connection.Array(sweeps.Select(sweep => sweep.Id).ToArray())))).ToLookup(of => of.Sweep);
        return new SweepListPage(total, [.. sweeps.Select(sweep => new SweepSummary
        {
            Id = sweep.Id,
            Name = sweep.Name,
            State = sweep.State,
            Submitted = At(sweep.At),
            Jobs = new JobCounts
            {
                Total = sweep.Jobs,
                Completed = counts[sweep.Id].Where(of => of.State == JobState.Completed).Sum(of => of.Count),
                Failed = counts[sweep.Id].Where(of => of.State == JobState.Failed).Sum(of => of.Count),
                Cached = counts[sweep.Id].Sum(of => of.Cached),
            },
            SubmittedBy = sweep.By,
        })]);
    });

    /// <summary>Ids of sweeps that begin so, at most a few; the newest for an empty prefix.</summary>
    public Task<List<string>> FindSweepsAsync(string prefix, int limit) => ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT id FROM sweeps WHERE {IsMine} AND {Begins("id")} {NewestFirst} LIMIT @limit", r =>
            r.GetString(0), Own, ("prefix", prefix), ("limit", limit)));

    /// <summary>Some of a sweep's jobs in a state, in the plan's order, and how many there are.</summary>
    public Task<(int Total, List<JobEntity> Jobs)> PageAsync(SweepId id, JobState state, int from, int count) =>
        ConnectAsync(async connection =>
    {
        var total = await connection.QueryAsync(null, $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND state = {(int)state}",
            r => r.GetInt32(0), ("sweep", id.Value));
        return (total[0], await JobsAsync(connection, id, $"state = {(int)state}", count, ("from", from)));
    });

    /// <summary>Positions of a sweep's jobs in a state, in the plan's order.</summary>
    public Task<List<int>> PositionsAsync(SweepId id, JobState state) => ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT position FROM jobs WHERE sweep_id = @sweep AND state = {(int)state} ORDER BY position", r =>
            r.GetInt32(0), ("sweep", id.Value)));

    /// <summary>The jobs of a sweep at some positions, in the plan's order.</summary>
    public Task<List<JobEntity>> JobsAtAsync(SweepId id, int[] positions) => ConnectAsync(connection =>
        JobsAsync(connection, id, connection.In("position", "some"), int.MaxValue, ("some", connection.Array(positions))));

    /// <summary>The jobs of a sweep whose id begins so.</summary>
    public Task<List<JobEntity>> FindJobsAsync(SweepId id, string prefix, int limit) =>
        ConnectAsync(connection => JobsAsync(connection, id, Begins("job_id"), limit, ("prefix", prefix)));

    /// <summary>A sweep's jobs from a position on, in the plan's order.</summary>
    public Task<List<JobEntity>> JobsFromAsync(SweepId id, int from, int limit) =>
        ConnectAsync(connection => JobsAsync(connection, id, "position >= @first", limit, ("first", from)));

    /// <summary>Positions of jobs whose masks grew while they trained.</summary>
    public Task<List<int>> FlaggedAsync(SweepId id, int limit) => ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT position FROM jobs WHERE sweep_id = @sweep AND flags <> 0 ORDER BY position LIMIT @limit", r =>
            r.GetInt32(0), ("sweep", id.Value), ("limit", limit)));

    /// <summary>Whether a job has a result of its own.</summary>
    public Task<bool> IsCompletedAsync(string sweep, int position) => ConnectAsync(async connection => (await connection.QueryAsync(null,
        $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND position = @position AND state = {(int)JobState.Completed}",
        r => r.GetInt32(0), ("sweep", sweep), ("position", position)))[0] > 0);

    /// <summary>Plans of the newest other sweeps, to look for a job that is nearly the same; without those that cannot be read.</summary>
    public Task<List<StoredSweep>> OtherSweepsAsync(SweepId id, int limit) => ConnectAsync(async connection =>
    {
        var others = await connection.QueryAsync(null,
            $"SELECT {Rows.SweepColumns} FROM sweeps WHERE {IsMine} AND id <> @sweep {NewestFirst} LIMIT @limit", Rows.Sweep, Own,
            ("sweep", id.Value), ("limit", limit));
        return others.SelectMany(other => StoredPlan.TryRead(other.PlanFormat, other.PlanJson) is { } plan
            ? (StoredSweep[])[new(other, plan with { Trainer = other.Trainer })] : []).ToList();
    });

    /// <summary>The condition that jobs differ from what the cache had.</summary>
    private static readonly string Differs = $"cache_check = {(int)CacheCheck.Different}";

    private static string Begins(string column) => $"substr({column}, 1, length(@prefix)) = @prefix";

    private async Task<SweepEntity?> RowAsync(DbConnection connection, SweepId id) =>
        (await connection.QueryAsync(null, $"SELECT {Rows.SweepColumns} FROM sweeps WHERE {IsMine} AND id = @id", Rows.Sweep, Own,
            ("id", id.Value))).SingleOrDefault();

    /// <summary>Jobs of a sweep, in the plan's order.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="id">The sweep.</param>
    /// <param name="which">The condition on them.</param>
    /// <param name="limit">Most of them.</param>
    /// <param name="parameters">Those of the condition; "from" leaves out so many of the first.</param>
    private static Task<List<JobEntity>> JobsAsync(DbConnection connection, SweepId id, string which, int limit,
        params (string Name, object? Value)[] parameters)
    {
        var offset = Array.Exists(parameters, parameter => parameter.Name == "from") ? "OFFSET @from" : "";
        return connection.QueryAsync(null,
            $"SELECT {Rows.JobColumns} FROM jobs WHERE sweep_id = @sweep AND {which} ORDER BY position LIMIT @limit {offset}", Rows.Job,
            [("sweep", id.Value), ("limit", limit), .. parameters]);
    }
}
