using System.Data.Common;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Storage.Migrations;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>The sweeps of this cluster: which there are, and their plans, states and shares.</summary>
internal sealed class SweepTable(StoreAccess access)
{
    private readonly PlanCache _plans = new();

    /// <summary>The order in which sweeps are listed: the one that was submitted last first.</summary>
    internal const string NewestFirst = "ORDER BY ordinal DESC, submitted_ms DESC, id";

    /// <summary>
    /// The id of a plan's sweep, the same at each submission. Ids are hashes of plans, so two clusters give one plan the same id; whichever
    /// comes second has another, which it alone gives.
    /// </summary>
    public Task<SweepId> IdOfAsync(SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        var id = JobIdentity.Of(plan);
        var owners = await connection.QueryAsync(null, "SELECT cluster FROM sweeps WHERE id = @id", r => r.GetString(0), ("id", id.Value));
        return owners is [{ Length: > 0 } owner] && owner != access.Cluster ? JobIdentity.Of(plan, access.Cluster) : id;
    });

    /// <summary>Claims the sweeps that belong to no cluster: those of earlier versions.</summary>
    public Task ClaimAsync() => access.ConnectAsync(connection => ClaimAsync(connection, null));

    /// <summary>Claims sweeps that belong to no cluster, and gives a place in the order of submission to those that have none.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="id">Of one sweep only; null for all.</param>
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

    /// <summary>Reads a sweep's row and plan, and claims it where no cluster has; null when there is none.</summary>
    /// <exception cref="UnreadablePlanException">Another version of the program wrote the plan, and this one cannot read it.</exception>
    public Task<StoredSweep?> FindAsync(SweepId id) => access.ConnectAsync(async connection =>
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
    public Task<(SweepEntity Sweep, PlannedWork Work)?> FindWorkAsync(SweepId id) => access.ConnectAsync(async connection =>
        await ClaimedAsync(connection, id) is { } sweep ? (sweep, StoredPlan.ReadWork(sweep.Id, sweep.PlanFormat, sweep.PlanJson))
            : default((SweepEntity, PlannedWork)?));

    /// <summary>Some of the sweeps, newest first.</summary>
    /// <param name="from">How many of the newest are left out.</param>
    /// <param name="count">How many are wanted.</param>
    /// <param name="tag">Only those that have this tag; null for all.</param>
    public Task<SweepListPage> ListAsync(int from, int count, string? tag = null) => access.ConnectAsync(async connection =>
    {
        // Both databases compare so alike; by LIKE one of them would not tell capitals from small letters.
        var wanted = tag is null ? StoreAccess.IsMine
            : $"{StoreAccess.IsMine} AND replace(' ' || tags || ' ', @tag, '') <> ' ' || tags || ' '";
        (string, object?)[] which = tag is null ? [access.Own] : [access.Own, ("tag", $" {tag} ")];
        var total = (await connection.QueryAsync(null, $"SELECT count(*) FROM sweeps WHERE {wanted}", r => r.GetInt32(0), which))[0];
        // The ids first, which an index alone answers: a row is read only where it is shown.
        return new SweepListPage(total, await SummariesAsync(connection,
            $"SELECT id FROM sweeps WHERE {wanted} {NewestFirst} LIMIT @count OFFSET @from", NewestFirst,
            [.. which, ("count", count), ("from", from)]));
    });

    /// <summary>Sweeps with counts of their jobs.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="ids">A statement that finds their ids.</param>
    /// <param name="order">The order of the answer.</param>
    /// <param name="parameters">Those of both.</param>
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

    /// <summary>Ids of sweeps that begin so, at most a few; the newest for an empty prefix.</summary>
    public Task<List<string>> FindSweepsAsync(string prefix, int limit) => access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT id FROM sweeps WHERE {StoreAccess.IsMine} AND {Rows.Begins("id")} {NewestFirst} LIMIT @limit", r =>
            r.GetString(0), access.Own, ("prefix", prefix), ("limit", limit)));

    /// <summary>Plans of the newest other sweeps, to look for a job that is nearly the same; without those that cannot be read.</summary>
    public Task<List<StoredSweep>> OtherSweepsAsync(SweepId id, int limit) => access.ConnectAsync(async connection =>
    {
        var others = await connection.QueryAsync(null,
            $"SELECT {Rows.SweepColumns} FROM sweeps WHERE {StoreAccess.IsMine} AND id <> @sweep {NewestFirst} LIMIT @limit", Rows.Sweep,
            access.Own,
            ("sweep", id.Value), ("limit", limit));
        return others.SelectMany(other => StoredPlan.TryRead(other.PlanFormat, other.PlanJson) is { } plan
            ? (StoredSweep[])[new(other, plan with { Trainer = other.Trainer })] : []).ToList();
    });

    /// <summary>Sweeps that have not ended, with their pools as they are stored.</summary>
    public Task<List<(string Id, string Pool)>> OpenSweepsAsync() => access.ConnectAsync(connection => connection.QueryAsync(null, $"""
        SELECT id, pool FROM sweeps WHERE {StoreAccess.IsMine}
            AND state IN ({(int)SweepState.Running}, {(int)SweepState.Paused}, {(int)SweepState.Cancelling})
        """, r => (r.GetString(0), r.GetString(1)), access.Own));

    /// <summary>Whether there is a sweep, of whichever cluster.</summary>
    public Task<bool> ExistsAsync(SweepId id) => access.ConnectAsync(async connection =>
        (await connection.QueryAsync(null, "SELECT 1 FROM sweeps WHERE id = @id", r => r.GetInt32(0), ("id", id.Value))).Count > 0);

    /// <summary>Sets the state of a sweep that has not ended.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="state">The state.</param>
    /// <param name="stops">Of a sweep that is paused: whether its jobs stop at once.</param>
    public Task SetStateAsync(SweepId id, SweepState state, bool stops = false) => access.ConnectAsync(connection =>
        connection.ExecuteAsync(null,
            $"UPDATE sweeps SET state = {(int)state}, stops = @stops, ended_ms = NULL, reduced_ms = NULL WHERE id = @id",
            ("stops", stops), ("id", id.Value)));

    /// <summary>Sets how the queue treats a sweep.</summary>
    public Task SetShareAsync(SweepId id, int priority, int parallel, string pool) => access.ConnectAsync(connection =>
        connection.ExecuteAsync(null, "UPDATE sweeps SET priority = @priority, parallel = @parallel, pool = @pool WHERE id = @id",
            ("priority", priority), ("parallel", parallel), ("pool", pool), ("id", id.Value)));

    /// <summary>Sets what people call a sweep and note of it.</summary>
    public Task SetLabelsAsync(SweepId id, SweepLabels labels) => access.TransactAsync(sql => sql.ExecuteAsync(
        "UPDATE sweeps SET name = @name, note = @note, tags = @tags WHERE id = @id", ("name", labels.Name), ("note", labels.Note),
        ("tags", SweepEntity.TextOf(labels.Tags)), ("id", id.Value)));

    /// <summary>
    /// Ends a sweep of which nothing waits or trains, by what the store has and not by what anybody remembers.
    /// </summary>
    /// <returns>The state that it has ended in, and when; null when it goes on, or had ended before.</returns>
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
    /// Opens a sweep again that says it has ended and has unfinished jobs, as a fault of an earlier version could leave it.
    /// </summary>
    /// <returns>Whether it was so.</returns>
    public Task<bool> ReopenAsync(SweepId sweep) => access.TransactAsync(async sql => await sql.Connection.ExecuteAsync(sql.Transaction, $"""
        UPDATE sweeps SET state = CASE WHEN state = {(int)SweepState.Cancelled} THEN {(int)SweepState.Cancelling} ELSE {(int)SweepState.Running} END,
            ended_ms = NULL
        WHERE id = @sweep AND state IN ({(int)SweepState.Completed}, {(int)SweepState.Failed}, {(int)SweepState.Cancelled})
            AND EXISTS (SELECT 1 FROM jobs WHERE jobs.sweep_id = sweeps.id
                AND jobs.state IN ({(int)JobState.Queued}, {(int)JobState.Running}))
        """, ("sweep", sweep.Value)) > 0);

    /// <summary>Says of sweeps that claim to run that they do not: nobody but the caller's process works on those of its cluster.</summary>
    public Task MarkInterruptedAsync() => access.TransactAsync(async sql =>
    {
        const string mine = $"SELECT id FROM sweeps WHERE {StoreAccess.IsMine}";
        await sql.ExecuteAsync($"""
            INSERT INTO attempts ({AttemptLedger.ColumnsToEnd})
            SELECT {AttemptLedger.EndOfAttempt}, {(int)AttemptOutcome.Lost}, 'the process ended'
            FROM jobs WHERE state = {(int)JobState.Running} AND sweep_id IN ({mine})
            """, ("now", access.NowMs), access.Own);
        // An ended process is no loss of the job's own making, so it is not counted as one.
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
    /// Whether a silo that starts would leave an embedded store as it is, so that it may be read without one: it is of this program's
    /// version, none of its sweeps claims to run, and what is paused has something left to run. Ended sweeps are not looked through for
    /// jobs that are still open.
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

/// <summary>A sweep as the store has it.</summary>
/// <param name="Sweep">Its row.</param>
/// <param name="Plan">Its plan.</param>
internal sealed record StoredSweep(SweepEntity Sweep, SweepPlan Plan);
