using System.Data.Common;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage.Migrations;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Reads and writes this cluster's sweeps, with their plans, states and shares.</summary>
internal sealed class SweepTable(StoreAccess access)
{
    private readonly PlanCache _plans = new();

    /// <summary>The SQL order in which sweeps are listed: newest first.</summary>
    internal const string NewestFirst = "ORDER BY ordinal DESC, submitted_ms DESC, id";

    /// <summary>
    /// Returns the id of a plan's sweep, which is the same for each submission. An id is a hash of the plan, so the same plan would have
    /// the same id in two clusters. The second cluster that submits the plan uses a different id, which also depends on the cluster.
    /// </summary>
    public Task<SweepId> IdOfAsync(SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        var id = JobIdentity.Of(plan);
        var owners = await connection.QueryAsync(null, "SELECT cluster FROM sweeps WHERE id = @id", r => r.GetString(0), ("id", id.Value));
        return owners is [{ Length: > 0 } owner] && owner != access.Cluster ? JobIdentity.Of(plan, access.Cluster) : id;
    });

    /// <summary>Claims the sweeps that belong to no cluster, which were written by earlier versions.</summary>
    public Task ClaimAsync() => access.ConnectAsync(connection => ClaimAsync(connection, null));

    /// <summary>Claims sweeps that belong to no cluster, and assigns an ordinal to sweeps without one.</summary>
    /// <param name="connection">The connection to the store.</param>
    /// <param name="id">The only sweep to claim; null for all sweeps.</param>
    private Task<int> ClaimAsync(DbConnection connection, SweepId? id)
    {
        const string unclaimed = "cluster = '' AND (@id = '' OR id = @id)";
        return connection.ExecuteAsync(null, $"""
            UPDATE sweeps SET cluster = @cluster, ordinal = CASE WHEN sweeps.ordinal = 0 THEN counted.ordinal ELSE sweeps.ordinal END
            FROM (SELECT id AS claimed, (SELECT max(ordinal) FROM sweeps) + row_number() OVER (ORDER BY submitted_ms, id) AS ordinal
                FROM sweeps WHERE {unclaimed}) AS counted
            WHERE counted.claimed = sweeps.id AND sweeps.cluster = ''
            """, access.Own, ("id", id?.Value ?? ""));
    }

    /// <summary>
    /// Reads a sweep's row and plan, and claims it if it belongs to no cluster. Returns null if the sweep does not exist.
    /// </summary>
    /// <exception cref="UnreadablePlanException">
    /// The plan was written by another version of the program, and this version cannot read it.
    /// </exception>
    public Task<StoredSweep?> FindAsync(SweepId id) => access.ConnectAsync(async connection =>
    {
        if (await ClaimedAsync(connection, id) is not { } sweep) return null;
        var plan = _plans.Get(sweep.Id, () => StoredPlan.Read(sweep.Id, sweep.PlanFormat, sweep.PlanJson) with
        {
            SpecJson = sweep.SpecJson,
            Trainer = sweep.Trainer,
        });
        // Grains keep the row in memory, so its large strings are released. The plan contains the spec, and the plan's JSON is not needed.
        (sweep.SpecJson, sweep.PlanJson) = (plan.SpecJson, "");
        return new StoredSweep(sweep, plan);
    });

    /// <summary>Reads a sweep's row and only the amount of training in its plan.</summary>
    /// <exception cref="UnreadablePlanException">
    /// The plan was written by another version of the program, and this version cannot read it.
    /// </exception>
    public Task<(SweepEntity Sweep, PlannedWork Work)?> FindWorkAsync(SweepId id) => access.ConnectAsync(async connection =>
        await ClaimedAsync(connection, id) is { } sweep ? (sweep, StoredPlan.ReadWork(sweep.Id, sweep.PlanFormat, sweep.PlanJson))
            : default((SweepEntity, PlannedWork)?));

    /// <summary>Returns a page of sweeps, newest first.</summary>
    /// <param name="from">The number of newest sweeps to skip.</param>
    /// <param name="count">The number of sweeps to return.</param>
    /// <param name="tag">The tag that the sweeps must have; null for all sweeps.</param>
    public Task<SweepListPage> ListAsync(int from, int count, string? tag = null) => access.ConnectAsync(async connection =>
    {
        // This comparison is case-sensitive in both databases, whereas LIKE ignores case in one of them.
        var wanted = tag is null ? StoreAccess.IsMine
            : $"{StoreAccess.IsMine} AND replace(' ' || tags || ' ', @tag, '') <> ' ' || tags || ' '";
        (string, object?)[] which = tag is null ? [access.Own] : [access.Own, ("tag", $" {tag} ")];
        var total = (await connection.QueryAsync(null, $"SELECT count(*) FROM sweeps WHERE {wanted}", r => r.GetInt32(0), which))[0];
        // The ids are selected first, using only the index, so that only the rows of the page are read.
        return new SweepListPage(total, await SummariesAsync(connection,
            $"SELECT id FROM sweeps WHERE {wanted} {NewestFirst} LIMIT @count OFFSET @from", NewestFirst,
            [.. which, ("count", count), ("from", from)]));
    });

    /// <summary>Returns sweeps with their job counts.</summary>
    /// <param name="connection">The connection to the store.</param>
    /// <param name="ids">A statement that selects the ids of the sweeps.</param>
    /// <param name="order">The ORDER BY clause of the result.</param>
    /// <param name="parameters">The parameters of the statement and the clause.</param>
    internal static async Task<SweepSummary[]> SummariesAsync(DbConnection connection, string ids, string order,
        params (string Name, object? Value)[] parameters)
    {
        var sweeps = await connection.QueryAsync(null,
            $"SELECT id, name, state, submitted_ms, submitted_by, total_jobs, ended_ms, note, tags FROM sweeps WHERE id IN ({ids}) {order}",
            r => (Id: r.GetString(0), Name: r.GetString(1), State: (SweepState)r.GetInt32(2), At: r.GetInt64(3),
                By: r.IsDBNull(4) ? null : r.GetString(4), Jobs: r.GetInt32(5), Ended: r.IsDBNull(6) ? (long?)null : r.GetInt64(6),
                Note: r.IsDBNull(7) ? null : r.GetString(7), Tags: r.GetString(8)),
            parameters);
        var counts = (await connection.QueryAsync(null, $"""
            SELECT sweep_id, state, count(*), count(cached_from) FROM jobs
            WHERE {connection.In("sweep_id", "some")} AND state IN ({(int)JobState.Completed}, {(int)JobState.Failed})
                GROUP BY sweep_id, state
            """,
            r => (Sweep: r.GetString(0), State: (JobState)r.GetInt32(1), Count: (int)r.GetInt64(2), Cached: (int)r.GetInt64(3)),
            ("some", connection.Array(sweeps.Select(sweep => sweep.Id).ToArray())))).ToLookup(of => of.Sweep);
        return [.. sweeps.Select(sweep => new SweepSummary
        {
            Id = sweep.Id,
            Name = sweep.Name,
            State = sweep.State,
            Submitted = Rows.At(sweep.At),
            Jobs = new JobCounts
            {
                Total = sweep.Jobs,
                Completed = counts[sweep.Id].Where(of => of.State == JobState.Completed).Sum(of => of.Count),
                Failed = counts[sweep.Id].Where(of => of.State == JobState.Failed).Sum(of => of.Count),
                Cached = counts[sweep.Id].Sum(of => of.Cached),
            },
            SubmittedBy = sweep.By,
            Note = sweep.Note,
            Tags = SweepEntity.TagsOf(sweep.Tags),
            Ended = sweep.State.HasEnded && sweep.Ended is { } ended ? Rows.At(ended) : null,
        })];
    }

    /// <summary>Returns the sweep ids that start with a prefix, newest sweeps first, up to a limit.</summary>
    public Task<List<string>> FindSweepsAsync(string prefix, int limit) => access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT id FROM sweeps WHERE {StoreAccess.IsMine} AND {Rows.Begins("id")} {NewestFirst} LIMIT @limit", r =>
            r.GetString(0), access.Own, ("prefix", prefix), ("limit", limit)));

    /// <summary>Returns the newest other sweeps, to be searched for a similar job. Sweeps with unreadable plans are left out.</summary>
    public Task<List<StoredSweep>> OtherSweepsAsync(SweepId id, int limit) => access.ConnectAsync(async connection =>
    {
        var others = await connection.QueryAsync(null,
            $"SELECT {Rows.SweepColumns} FROM sweeps WHERE {StoreAccess.IsMine} AND id <> @sweep {NewestFirst} LIMIT @limit", Rows.Sweep,
            access.Own,
            ("sweep", id.Value), ("limit", limit));
        return others.SelectMany(other => StoredPlan.TryRead(other.PlanFormat, other.PlanJson) is { } plan
            ? (StoredSweep[])[new(other, plan with { Trainer = other.Trainer })] : []).ToList();
    });

    /// <summary>Returns the sweeps that have not ended, with their pools as stored.</summary>
    public Task<List<(string Id, string Pool)>> OpenSweepsAsync() => access.ConnectAsync(connection => connection.QueryAsync(null, $"""
        SELECT id, pool FROM sweeps WHERE {StoreAccess.IsMine}
            AND state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, {(int)SweepState.Cancelling})
        """, r => (r.GetString(0), r.GetString(1)), access.Own));

    /// <summary>Whether a sweep exists, in any cluster.</summary>
    public Task<bool> ExistsAsync(SweepId id) => access.ConnectAsync(async connection =>
        (await connection.QueryAsync(null, "SELECT 1 FROM sweeps WHERE id = @id", r => r.GetInt32(0), ("id", id.Value))).Count > 0);

    /// <summary>Sets a sweep's state to one in which it has not ended, and clears its end time.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="state">The new state.</param>
    /// <param name="stops">Whether running jobs stop at once instead of finishing; used for a paused sweep.</param>
    public Task SetStateAsync(SweepId id, SweepState state, bool stops = false) => access.ConnectAsync(connection =>
        connection.ExecuteAsync(null,
            $"UPDATE sweeps SET state = {(int)state}, stops = @stops, ended_ms = NULL, reduced_ms = NULL WHERE id = @id",
            ("stops", stops), ("id", id.Value)));

    /// <summary>Sets a sweep's share of the workers: its priority, its limit on leases and its pool.</summary>
    public Task SetShareAsync(SweepId id, int priority, int parallel, string pool) => access.ConnectAsync(connection =>
        connection.ExecuteAsync(null, "UPDATE sweeps SET priority = @priority, parallel = @parallel, pool = @pool WHERE id = @id",
            ("priority", priority), ("parallel", parallel), ("pool", pool), ("id", id.Value)));

    /// <summary>Sets a sweep's name, note and tags.</summary>
    public Task SetLabelsAsync(SweepId id, SweepLabels labels) => access.TransactAsync(sql => sql.ExecuteAsync(
        "UPDATE sweeps SET name = @name, note = @note, tags = @tags WHERE id = @id", ("name", labels.Name), ("note", labels.Note),
        ("tags", SweepEntity.TextOf(labels.Tags)), ("id", id.Value)));

    /// <summary>Ends a sweep if none of its jobs is queued or running in the store. Counts in memory are not used.</summary>
    /// <returns>The final state and the end time; null if the sweep still has open jobs, or had already ended.</returns>
    public Task<(SweepState State, long EndedMs)?> EndSweepAsync(SweepId sweep) => access.TransactAsync(async sql =>
    {
        static string Some(string states) => $"EXISTS (SELECT 1 FROM jobs WHERE jobs.sweep_id = sweeps.id AND jobs.state IN ({states}))";
        var ended = await sql.Connection.QueryAsync(sql.Transaction, $"""
            UPDATE sweeps SET state = CASE WHEN {Some($"{(int)JobState.Cancelled}")} THEN {(int)SweepState.Cancelled}
                WHEN {Some($"{(int)JobState.Failed}")} THEN {(int)SweepState.Failed} ELSE {(int)SweepState.Completed} END, ended_ms = @now
            WHERE id = @sweep AND state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, {(int)SweepState.Cancelling})
                AND NOT {Some($"{(int)JobState.Queued}, {(int)JobState.Running}")}
            RETURNING state, ended_ms
            """, r => ((SweepState)r.GetInt32(0), r.GetInt64(1)), ("sweep", sweep.Value), ("now", access.NowMs));
        return ended.Count == 0 ? default((SweepState, long)?) : ended[0];
    });

    /// <summary>
    /// Reopens a sweep that is marked as ended but has unfinished jobs. A bug of an earlier version could cause this state.
    /// </summary>
    /// <returns>Whether the sweep was reopened.</returns>
    public Task<bool> ReopenAsync(SweepId sweep) => access.TransactAsync(async sql => await sql.Connection.ExecuteAsync(sql.Transaction, $"""
        UPDATE sweeps SET state = CASE WHEN state = {(int)SweepState.Cancelled} THEN {(int)SweepState.Cancelling} ELSE {(int)SweepState.Running} END,
            ended_ms = NULL
        WHERE id = @sweep AND state IN ({(int)SweepState.Completed}, {(int)SweepState.Failed}, {(int)SweepState.Cancelled})
            AND EXISTS (SELECT 1 FROM jobs WHERE jobs.sweep_id = sweeps.id
                AND jobs.state IN ({(int)JobState.Queued}, {(int)JobState.Running}))
        """, ("sweep", sweep.Value)) > 0);

    /// <summary>Marks running sweeps as interrupted. The calling process must be the only one that works on its cluster's sweeps.</summary>
    public Task MarkInterruptedAsync() => access.TransactAsync(async sql =>
    {
        const string mine = $"SELECT id FROM sweeps WHERE {StoreAccess.IsMine}";
        await sql.ExecuteAsync($"""
            INSERT INTO attempts ({AttemptLedger.ColumnsToEnd})
            SELECT {AttemptLedger.EndOfAttempt}, {(int)AttemptOutcome.Lost}, 'the process ended'
            FROM jobs WHERE state = {(int)JobState.Running} AND sweep_id IN ({mine})
            """, ("now", access.NowMs), access.Own);
        // The end of the process is not the job's fault, so it does not count as a loss.
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Queued}, lease = NULL WHERE state = {(int)JobState.Running} AND sweep_id IN ({mine})",
            access.Own);
        await sql.ExecuteAsync(
            $"UPDATE jobs SET state = {(int)JobState.Cancelled} WHERE state = {(int)JobState.Queued} "
            + $"AND sweep_id IN ({mine} AND state = {(int)SweepState.Cancelling})", access.Own);
        await sql.ExecuteAsync(
            $"UPDATE sweeps SET state = {(int)SweepState.Cancelled}, ended_ms = @now "
            + $"WHERE state = {(int)SweepState.Cancelling} AND {StoreAccess.IsMine}", ("now", access.NowMs), access.Own);
        await sql.ExecuteAsync(
            $"UPDATE sweeps SET state = {(int)SweepState.Interrupted} WHERE state = {(int)SweepState.Running} AND {StoreAccess.IsMine}",
            access.Own);
        return true;
    }, StatementTime.WholeSweep);

    /// <summary>
    /// Whether a starting silo would leave an embedded store unchanged, so that the store can be read without a silo. The store must have
    /// this program's schema, none of its sweeps may be marked as running, and every paused sweep must have jobs left to run. Ended sweeps
    /// are not checked for open jobs.
    /// </summary>
    public Task<bool> IsAtRestAsync() => access.ConnectAsync(async connection =>
    {
        if (await StoreSchema.AppliedAsync(connection) is not { } applied || !Migrated.Ids.SequenceEqual(applied)) return false;
        const string jobs = "SELECT 1 FROM jobs WHERE sweep_id = sweeps.id AND state";
        var moving = $"""
            SELECT count(*) FROM sweeps WHERE {StoreAccess.IsMine}
                AND (cluster = '' OR state IN ({(int)SweepState.Running}, {(int)SweepState.Cancelling})
                OR state = {(int)SweepState.Paused}
                    AND (EXISTS ({jobs} = {(int)JobState.Running}) OR NOT EXISTS ({jobs} = {(int)JobState.Queued})))
            """;
        return (await connection.QueryAsync(null, moving, r => r.GetInt32(0), access.Own))[0] == 0;
    });

    private async Task<SweepEntity?> ClaimedAsync(DbConnection connection, SweepId id)
    {
        var sweep = await RowAsync(connection, id);
        if (sweep is not { Cluster: "" }) return sweep;
        await ClaimAsync(connection, id);
        return await RowAsync(connection, id);
    }

    private async Task<SweepEntity?> RowAsync(DbConnection connection, SweepId id) =>
        (await connection.QueryAsync(null, $"SELECT {Rows.SweepColumns} FROM sweeps WHERE {StoreAccess.IsMine} AND id = @id", Rows.Sweep,
            access.Own,
            ("id", id.Value))).SingleOrDefault();
}

/// <summary>A stored sweep.</summary>
/// <param name="Sweep">The sweep's row.</param>
/// <param name="Plan">The sweep's plan.</param>
internal sealed record StoredSweep(SweepEntity Sweep, SweepPlan Plan);
