using System.Data.Common;
using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// The jobs of sweeps as people and grains look at them. Looking goes over plain ADO.NET, since a command that only looks would spend more
/// time on query expressions than on everything else.
/// </summary>
internal sealed class JobTable(StoreAccess access)
{
    /// <summary>
    /// What a sweep's grain holds of its jobs: one pass over them, which also finds those that train, and a look at the few that it says
    /// there are to see.
    /// </summary>
    public Task<StoredJobs> LoadAsync(SweepId id, int seeds) => access.ConnectAsync(async connection =>
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

    /// <summary>How many jobs of a sweep are in each state.</summary>
    public Task<Dictionary<JobState, int>> CountAsync(SweepId id) => access.ConnectAsync(async connection => (
        await connection.QueryAsync(null, "SELECT state, count(*) FROM jobs WHERE sweep_id = @sweep GROUP BY state",
        r => KeyValuePair.Create((JobState)r.GetInt32(0), (int)r.GetInt64(1)), ("sweep", id.Value))).ToDictionary());

    /// <summary>Jobs that wait or train in the sweeps that have not ended, by who submitted these.</summary>
    /// <param name="but">The sweep whose jobs do not count.</param>
    public Task<List<(string? SubmittedBy, int Jobs)>> UnfinishedByPersonAsync(SweepId but) => access.ConnectAsync(connection =>
        connection.QueryAsync(null, $"""
            SELECT sweeps.submitted_by, count(*) FROM sweeps JOIN jobs ON jobs.sweep_id = sweeps.id
            WHERE {StoreAccess.IsMine} AND sweeps.id <> @sweep
                AND sweeps.state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, {(int)SweepState.Cancelling})
                AND jobs.state IN ({(int)JobState.Queued}, {(int)JobState.Running})
            GROUP BY sweeps.submitted_by
            """, r => (r.IsDBNull(0) ? null : r.GetString(0), (int)r.GetInt64(1)), access.Own, ("sweep", but.Value)));

    /// <summary>Some of a sweep's jobs in a state, in the plan's order, and how many there are.</summary>
    public Task<(int Total, List<JobEntity> Jobs)> PageAsync(SweepId id, JobState state, int from, int count) =>
        access.ConnectAsync(async connection =>
    {
        var total = await connection.QueryAsync(null, $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND state = {(int)state}",
            r => r.GetInt32(0), ("sweep", id.Value));
        return (total[0], await JobsAsync(connection, id, $"state = {(int)state}", count, ("from", from)));
    });

    /// <summary>Positions of a sweep's jobs in a state, in the plan's order.</summary>
    public Task<List<JobPosition>> PositionsAsync(SweepId id, JobState state) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
            $"SELECT position FROM jobs WHERE sweep_id = @sweep AND state = {(int)state} ORDER BY position",
            r => new JobPosition(r.GetInt32(0)), ("sweep", id.Value)));

    /// <summary>The jobs of a sweep at some positions, in the plan's order.</summary>
    public Task<List<JobEntity>> JobsAtAsync(SweepId id, JobPosition[] positions) => access.ConnectAsync(connection =>
        JobsAsync(connection, id, connection.In("position", "some"), int.MaxValue,
            ("some", connection.Array(Array.ConvertAll(positions, position => position.Value)))));

    /// <summary>The jobs of a sweep whose id begins so; by a whole id, which an index has, without reading all of them.</summary>
    public Task<List<JobEntity>> FindJobsAsync(SweepId id, string prefix, int limit) => access.ConnectAsync(connection =>
        JobsAsync(connection, id, prefix.Length == JobId.Length ? "job_id = @prefix" : Rows.Begins("job_id"), limit, ("prefix", prefix)));

    /// <summary>A sweep's jobs from a position on, in the plan's order.</summary>
    public Task<List<JobEntity>> JobsFromAsync(SweepId id, JobPosition from, int limit) =>
        access.ConnectAsync(connection => JobsAsync(connection, id, "position >= @first", limit, ("first", from.Value)));

    /// <summary>Positions of jobs whose masks grew while they trained.</summary>
    public Task<List<JobPosition>> FlaggedAsync(SweepId id, int limit) => access.ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT position FROM jobs WHERE sweep_id = @sweep AND flags <> 0 ORDER BY position LIMIT @limit", r =>
            new JobPosition(r.GetInt32(0)), ("sweep", id.Value), ("limit", limit)));

    /// <summary>Whether a job has a result of its own.</summary>
    public Task<bool> IsCompletedAsync(string sweep, JobPosition position) =>
        access.ConnectAsync(async connection => (await connection.QueryAsync(null,
        $"SELECT count(*) FROM jobs WHERE sweep_id = @sweep AND position = @position AND state = {(int)JobState.Completed}",
        r => r.GetInt32(0), ("sweep", sweep), ("position", position.Value)))[0] > 0);

    /// <summary>Where the comparison of cached results went wrong.</summary>
    public Task<List<JobEntity>> CacheMismatchesAsync(SweepId id, int limit) =>
        access.ConnectAsync(connection => JobsAsync(connection, id, Differs, limit));

    /// <summary>Accepted results by position, without prompts.</summary>
    public Task<List<JobOutcome>> ResultsAsync(SweepId id) => access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT position, {ResultColumns.Select()} FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Completed}",
        r => new JobOutcome(new(r.GetInt32(0)), ResultColumns.Read(r, 1)!), ("sweep", id.Value)));

    /// <summary>
    /// Moves all jobs of a sweep from some states to another, as cancel and retry do; the counts of faults and losses start again.
    /// </summary>
    /// <returns>How many there were.</returns>
    public Task<int> MoveJobsAsync(SweepId sweep, JobState[] from, JobState to) => access.TransactAsync(sql => sql.ExecuteAsync(
        $"UPDATE jobs SET state = {(int)to}, faults = 0, losses = 0 WHERE sweep_id = @sweep AND {sql.Connection.In("state", "states")}",
        ("sweep", sweep.Value), ("states", sql.Connection.Array(Array.ConvertAll(from, state => (int)state)))), StatementTime.WholeSweep);

    /// <summary>The condition that jobs differ from what the cache had.</summary>
    private static readonly string Differs = $"cache_check = {(int)CacheCheck.Different}";

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
