using System.Data.Common;
using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Reads the jobs of sweeps and changes their states. It uses plain ADO.NET, because compiling query expressions would dominate the run
/// time of commands that only read.
/// </summary>
internal sealed class JobTable(StoreAccess access)
{
    /// <summary>
    /// Loads the data about jobs that a sweep's grain keeps in memory. One query counts all jobs and finds the running ones. Further
    /// queries read the few jobs that a status lists.
    /// </summary>
    public Task<StoredJobs> LoadAsync(SweepId id, int seeds) => access.ConnectAsync(async connection =>
    {
        var training = new List<int>();
        var counts = await connection.QueryAsync(null, $"""
            SELECT position / @seeds, state, count(*), sum(epoch), count(cached_from),
                sum(CASE cache_check WHEN {(int)CacheCheck.Wanted} THEN 1 ELSE 0 END),
                sum(CASE cache_check WHEN {(int)CacheCheck.Different} THEN 1 ELSE 0 END), count({ResultColumns.TrainedFrom}),
                string_agg(CASE state WHEN {(int)JobState.Running} THEN CAST(position AS text) END, ' ')
            FROM jobs WHERE sweep_id = @sweep GROUP BY position / @seeds, state
            """,
            r =>
            {
                if (!r.IsDBNull(8))
                    training.AddRange(r.GetString(8).Split(' ').Select(position => int.Parse(position, CultureInfo.InvariantCulture)));
                return new GroupCount(
                    r.GetInt32(0), (JobState)r.GetInt32(1), (int)r.GetInt64(2), r.GetInt64(3), (int)r.GetInt64(4),
                    (int)r.GetInt64(5), (int)r.GetInt64(6), (int)r.GetInt64(7));
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

    /// <summary>Returns the number of a sweep's jobs in each state.</summary>
    public Task<Dictionary<JobState, int>> CountAsync(SweepId id) => access.ConnectAsync(async connection => (
        await connection.QueryAsync(null, "SELECT state, count(*) FROM jobs WHERE sweep_id = @sweep GROUP BY state",
        r => KeyValuePair.Create((JobState)r.GetInt32(0), (int)r.GetInt64(1)), ("sweep", id.Value))).ToDictionary());

    /// <summary>Returns each submitter's number of queued and running jobs, over all sweeps that have not ended.</summary>
    /// <param name="but">The sweep whose jobs are not counted.</param>
    public Task<List<(string? SubmittedBy, int Jobs)>> UnfinishedByPersonAsync(SweepId but) => access.ConnectAsync(connection =>
        connection.QueryAsync(null, $"""
            SELECT sweeps.submitted_by, count(*) FROM sweeps JOIN jobs ON jobs.sweep_id = sweeps.id
            WHERE {StoreAccess.IsMine} AND sweeps.id <> @sweep
                AND sweeps.state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, {(int)SweepState.Cancelling})
                AND jobs.state IN ({(int)JobState.Queued}, {(int)JobState.Running})
            GROUP BY sweeps.submitted_by
            """, r => (r.IsDBNull(0) ? null : r.GetString(0), (int)r.GetInt64(1)), access.Own, ("sweep", but.Value)));

    /// <summary>Returns a page of a sweep's jobs in a given state, in plan order, and the total number of such jobs.</summary>
    public Task<(int Total, List<JobEntity> Jobs)> PageAsync(SweepId id, JobState state, int from, int count) =>
        access.ConnectAsync(async connection =>
    {
        var total = await connection.QueryAsync(null, $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND state = {(int)state}",
            r => r.GetInt32(0), ("sweep", id.Value));
        return (total[0], await JobsAsync(connection, id, $"state = {(int)state}", count, ("from", from)));
    });

    /// <summary>Returns the positions of a sweep's jobs in a given state, in plan order.</summary>
    public Task<List<JobPosition>> PositionsAsync(SweepId id, JobState state) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
            $"SELECT position FROM jobs WHERE sweep_id = @sweep AND state = {(int)state} ORDER BY position",
            r => new JobPosition(r.GetInt32(0)), ("sweep", id.Value)));

    /// <summary>Returns the positions of a sweep's jobs with a result, in descending order of their training time.</summary>
    public Task<List<JobPosition>> LongestFirstAsync(SweepId id) => access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT position FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Completed} "
            + $"ORDER BY {ResultColumns.Seconds} DESC, position",
        r => new JobPosition(r.GetInt32(0)), ("sweep", id.Value)));

    /// <summary>Returns a sweep's jobs at the given positions, in plan order.</summary>
    public Task<List<JobEntity>> JobsAtAsync(SweepId id, JobPosition[] positions) => access.ConnectAsync(connection =>
        JobsAsync(connection, id, connection.In("position", "some"), int.MaxValue,
            ("some", connection.Array(Array.ConvertAll(positions, position => position.Value)))));

    /// <summary>
    /// Returns the jobs in a sweep whose ids start with a prefix. A complete id is looked up through an index, without reading all jobs.
    /// </summary>
    public Task<List<JobEntity>> FindJobsAsync(SweepId id, string prefix, int limit) => access.ConnectAsync(connection =>
        JobsAsync(connection, id, prefix.Length == JobId.Length ? "job_id = @prefix" : Rows.Begins("job_id"), limit, ("prefix", prefix)));

    /// <summary>Returns a sweep's jobs starting at a position, in plan order.</summary>
    public Task<List<JobEntity>> JobsFromAsync(SweepId id, JobPosition from, int limit) =>
        access.ConnectAsync(connection => JobsAsync(connection, id, "position >= @first", limit, ("first", from.Value)));

    /// <summary>Returns the positions of jobs whose number of context tokens grew during training.</summary>
    public Task<List<JobPosition>> FlaggedAsync(SweepId id, int limit) => access.ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT position FROM jobs WHERE sweep_id = @sweep AND flags <> 0 ORDER BY position LIMIT @limit", r =>
            new JobPosition(r.GetInt32(0)), ("sweep", id.Value), ("limit", limit)));

    /// <summary>Whether a job is completed.</summary>
    public Task<bool> IsCompletedAsync(string sweep, JobPosition position) =>
        access.ConnectAsync(async connection => (await connection.QueryAsync(null,
        $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND position = @position AND state = {(int)JobState.Completed}",
        r => r.GetInt32(0), ("sweep", sweep), ("position", position.Value)))[0] > 0);

    /// <summary>Returns the jobs whose results differ from the cached results.</summary>
    public Task<List<JobEntity>> CacheMismatchesAsync(SweepId id, int limit) =>
        access.ConnectAsync(connection => JobsAsync(connection, id, Differs, limit));

    /// <summary>Returns the positions and results of completed jobs, without prompts.</summary>
    public Task<List<JobOutcome>> ResultsAsync(SweepId id) => access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT position, {ResultColumns.Select()} FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Completed}",
        r => new JobOutcome(new(r.GetInt32(0)), ResultColumns.Read(r, 1)!), ("sweep", id.Value)));

    /// <summary>
    /// Changes the state of a sweep's jobs that are in the given states, as cancel and retry do. The jobs' counts of faults and losses are
    /// reset.
    /// </summary>
    /// <returns>The number of jobs whose state was changed.</returns>
    public Task<int> MoveJobsAsync(SweepId sweep, JobState[] from, JobState to) => access.TransactAsync(sql => sql.ExecuteAsync(
        $"UPDATE jobs SET state = {(int)to}, faults = 0, losses = 0 WHERE sweep_id = @sweep AND {sql.Connection.In("state", "states")}",
        ("sweep", sweep.Value), ("states", sql.Connection.Array(Array.ConvertAll(from, state => (int)state)))), StatementTime.WholeSweep);

    /// <summary>The SQL condition for jobs whose result differs from the cached result.</summary>
    private static readonly string Differs = $"cache_check = {(int)CacheCheck.Different}";

    /// <summary>Returns a sweep's jobs in plan order.</summary>
    /// <param name="connection">The connection to the store.</param>
    /// <param name="id">The sweep.</param>
    /// <param name="which">The SQL condition that selects the jobs.</param>
    /// <param name="limit">The maximum number of jobs.</param>
    /// <param name="parameters">The parameters of the condition; "from" is the number of jobs to skip.</param>
    private static Task<List<JobEntity>> JobsAsync(DbConnection connection, SweepId id, string which, int limit,
        params (string Name, object? Value)[] parameters)
    {
        var offset = Array.Exists(parameters, parameter => parameter.Name == "from") ? "OFFSET @from" : "";
        return connection.QueryAsync(null,
            $"SELECT {Rows.JobColumns} FROM jobs WHERE sweep_id = @sweep AND {which} ORDER BY position LIMIT @limit {offset}", Rows.Job,
            [("sweep", id.Value), ("limit", limit), .. parameters]);
    }
}

/// <summary>The data about a sweep's jobs that its grain loads.</summary>
/// <param name="Counts">The number of jobs in each group and state.</param>
/// <param name="Running">All running jobs.</param>
/// <param name="Failed">The first failed jobs.</param>
/// <param name="Mismatches">The first jobs whose results differ from the cached results.</param>
/// <param name="Verifies">Whether any job still has to run to verify its cached result.</param>
internal sealed record StoredJobs(List<GroupCount> Counts, List<JobEntity> Running, List<JobEntity> Failed,
    List<JobEntity> Mismatches, bool Verifies);

/// <summary>Counts of one group's jobs in one state.</summary>
/// <param name="Group">The group's index in the plan.</param>
/// <param name="State">The state.</param>
/// <param name="Jobs">The number of jobs.</param>
/// <param name="Epochs">The total number of completed epochs.</param>
/// <param name="Cached">The number of jobs that reused an earlier result.</param>
/// <param name="Checks">The number of jobs that still have to run to verify their cached results.</param>
/// <param name="Mismatches">The number of jobs whose result differed from the cached result.</param>
/// <param name="Evaluated">The number of completed jobs that only evaluated trained prompts.</param>
internal readonly record struct GroupCount(int Group, JobState State, int Jobs, long Epochs, int Cached,
    int Checks = 0, int Mismatches = 0, int Evaluated = 0);
