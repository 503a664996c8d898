using System.Data.Common;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Npgsql;

namespace AdaptCluster.Storage;

/// <summary>
/// Begins and ends leases. Calls that arrive at the same time share a transaction of a few statements. A thousand workers thus cause no
/// more round trips to the database than one worker. Each call is idempotent, because a worker repeats a call if it receives no response.
/// </summary>
internal sealed class LeaseLedger(StoreAccess access)
{
    /// <summary>
    /// Starts the next attempt of the waiting jobs that the leases cover. A lease covers a number of parts of its pack, or a single job
    /// after repeated losses. Jobs that a lease has already begun are returned again with the same attempts. Only waiting jobs are begun.
    /// Jobs that are running under another lease stay with that lease until it ends.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="starts">The leases to begin, each with the key of its worker's environment.</param>
    /// <returns>The jobs of each lease, without checkpoints.</returns>
    public Task<PackBeginning[]> BeginPacksAsync(
        SweepId sweep, SweepPlan plan, IReadOnlyList<(PackStart Start, string Environment)> starts) => access.TransactAsync(async sql =>
    {
        var rows = await OpenRowsAsync(sql, sweep, starts, plan.Evaluate is not null);
        var taken = new HashSet<JobPosition>();
        var chosen = starts.Select(start => Choose(plan, start.Start, rows, taken)).ToArray();
        var begun = await BeginAsync(sql, sweep, starts, chosen);
        return starts.Select((start, i) =>
        {
            var (jobs, moreWait) = chosen[i];
            var mine = jobs.Where(job => job.State == JobState.Running || begun.Contains(job.Position))
                .OrderBy(job => job.Position).ToArray();
            return new PackBeginning(
                [.. mine.Select(job =>
                    new JobAssignment(job.Position, job.Id, plan.Definition(job.Position), job.State == JobState.Running ? job.Attempt
                        : job.Attempt.Next, null, plan.BackboneFingerprintOf(job.Position), plan.DatasetFingerprint(job.Position)))],
                mine.ToDictionary(job => job.Position, job => job.Epoch),
                [.. mine.Where(job => job.State == JobState.Queued).Select(job => job.Position)],
                moreWait || mine.Length < jobs.Count);
        }).ToArray();
    });

    /// <summary>Returns the checkpoints of jobs, keyed by position. Jobs without a checkpoint are left out.</summary>
    public Task<Dictionary<JobPosition, byte[]>> CheckpointsAsync(SweepId sweep, JobPosition[] positions) =>
        access.ConnectAsync(async connection => (await connection.QueryAsync(
            null, $"SELECT position, content FROM checkpoints WHERE sweep_id = @sweep AND {connection.In("position", "positions")}",
            r => (Position: new JobPosition(r.GetInt32(0)), Content: (byte[])r.GetValue(1)), ("sweep", sweep.Value),
            ("positions", connection.Array(Array.ConvertAll(positions, position => position.Value)))))
            .ToDictionary(c => c.Position, c => c.Content));

    /// <summary>
    /// Ends leases. The open attempts of a lease are marked as lost, which fences its worker, or as returned if none of its jobs has run.
    /// </summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="plan">The sweep's plan.</param>
    /// <param name="leases">The leases and their packs. Jobs that other leases have begun are not changed.</param>
    /// <param name="next">The new state of the released jobs.</param>
    /// <returns>The released jobs, the jobs that failed because of too many losses, and the waiting work of each pack.</returns>
    public Task<LeasesEnded> EndLeasesAsync(SweepId sweep, SweepPlan plan, IReadOnlyCollection<EndedLease> leases, JobState next) =>
        access.TransactAsync(async sql =>
    {
        var packs = leases.Select(lease => lease.Pack).Distinct().ToArray();
        var unfinished = await UnfinishedAsync(sql.Connection, sql.Transaction, sweep, packs);
        // Most leases end after all their jobs have ended, so there is nothing to write.
        async Task<(JobPosition[] Closed, JobPosition[] GivenUp)> EndAsync(bool unbegun, AttemptOutcome outcome)
        {
            var some = leases.Where(lease => lease.Unbegun == unbegun).ToArray();
            var ids = some.Select(lease => lease.Lease).ToHashSet();
            return unfinished.Exists(job => job.State == JobState.Running && job.Lease is { } lease && ids.Contains(lease))
                ? await CloseAsync(sql, sweep, some, outcome, next) : ([], []);
        }
        var (returned, _) = await EndAsync(unbegun: true, AttemptOutcome.Returned);
        var (lost, givenUp) = await EndAsync(unbegun: false, AttemptOutcome.Lost);
        if (returned.Length + lost.Length > 0) unfinished = await UnfinishedAsync(sql.Connection, sql.Transaction, sweep, packs);
        var parts = PackParts.Of(plan);
        return new LeasesEnded(lost, givenUp, returned, unfinished.Where(job => job.State == JobState.Queued).GroupBy(job => job.Pack)
            .ToDictionary(pack => pack.Key, pack => parts.Offer(pack.Key, [.. pack.Select(job => (job.Position, job.Epoch))])));
    });

    /// <summary>
    /// Returns a sweep's unfinished work: one offer for the waiting jobs of each pack, and one for the running jobs of each lease.
    /// </summary>
    public Task<PackOffer[]> UnfinishedPacksAsync(SweepId id, SweepPlan plan) => access.ConnectAsync(async connection =>
    {
        var rows = await UnfinishedAsync(connection, null, id, packs: null);
        var parts = PackParts.Of(plan);
        return rows.GroupBy(job => (job.Pack, Lease: job.State == JobState.Running ? job.Lease : null)).Select(held =>
        {
            var offer = parts.Offer(held.Key.Pack, [.. held.Select(job => (job.Position, job.Epoch))]);
            return held.Key.Lease is { } lease ? offer with { Lease = lease, Worker = held.First().Worker } : offer;
        }).ToArray();
    });

    /// <summary>Returns a sweep's queued and running jobs.</summary>
    /// <param name="connection">The connection to the store.</param>
    /// <param name="transaction">The transaction; null for none.</param>
    /// <param name="id">The sweep.</param>
    /// <param name="packs">The packs to include; null for all.</param>
    private static Task<List<UnfinishedRow>> UnfinishedAsync(
        DbConnection connection, DbTransaction? transaction, SweepId id, PackNumber[]? packs) =>
        connection.QueryAsync(transaction,
            "SELECT position, pack, epoch, state, lease, worker FROM jobs WHERE sweep_id = @sweep "
                + $"AND state IN ({(int)JobState.Queued}, {(int)JobState.Running})"
                + (packs is null ? "" : $" AND {connection.In("pack", "packs")}"),
            r => new UnfinishedRow(new(r.GetInt32(0)), new(r.GetInt32(1)), r.GetInt32(2), (JobState)r.GetInt32(3), Rows.LeaseOrNull(r, 4),
                r.IsDBNull(5) ? null : r.GetString(5)),
            packs is null ? [("sweep", id.Value)]
                : [("sweep", id.Value), ("packs", connection.Array(Array.ConvertAll(packs, pack => pack.Value)))]);

    /// <summary>Returns the numbers of the packs with waiting jobs.</summary>
    public Task<List<PackNumber>> WaitingPacksAsync(SweepId id) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
        $"SELECT DISTINCT pack FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Queued}", r =>
            new PackNumber(r.GetInt32(0)), ("sweep", id.Value)));

    /// <summary>Returns the leases that hold a sweep's running jobs.</summary>
    public Task<List<(PackNumber Pack, LeaseId Lease)>> OpenLeasesAsync(SweepId id) => access.ConnectAsync(connection =>
        connection.QueryAsync(null,
            $"SELECT DISTINCT pack, lease FROM jobs WHERE sweep_id = @sweep AND state = {(int)JobState.Running} AND lease IS NOT NULL",
            r => (new PackNumber(r.GetInt32(0)), LeaseId.Parse(r.GetString(1))), ("sweep", id.Value)));

    private static async Task<Dictionary<PackNumber, List<OpenRow>>> OpenRowsAsync(
        Sql sql, SweepId sweep, IReadOnlyList<(PackStart Start, string Environment)> starts, bool hasTargets)
    {
        var rows = await sql.Connection.QueryAsync(sql.Transaction, $"""
            SELECT position, pack, state, attempt, losses, epoch, lease, job_id,
                CASE WHEN attempt = 0 THEN 0 ELSE coalesce((SELECT length(content) FROM checkpoints c WHERE c.sweep_id = jobs.sweep_id
                    AND c.position = jobs.position), 0) END + {(hasTargets ? PromptCache.Size : "0")}
            FROM jobs WHERE sweep_id = @sweep AND {sql.Connection.In("pack", "packs")}
                AND (state = {(int)JobState.Queued} OR (state = {(int)JobState.Running} AND {sql.Connection.In("lease", "leases")}))
            """,
            r =>
                (Pack: new PackNumber(r.GetInt32(1)), Row: new OpenRow(new(r.GetInt32(0)), new(r.GetString(7)), (JobState)r.GetInt32(2),
                    new(r.GetInt32(3)), r.GetInt32(4), r.GetInt32(5), Rows.LeaseOrNull(r, 6),
                    Convert.ToInt64(r.GetValue(8), System.Globalization.CultureInfo.InvariantCulture))),
            ("sweep", sweep.Value), ("packs", sql.Connection.Array(starts.Select(start => start.Start.Pack.Value).Distinct().ToArray())),
            ("leases", sql.Connection.Array(starts.Select(start => start.Start.Lease.ToString()).ToArray())));
        return rows.GroupBy(row => row.Pack).ToDictionary(
            pack => pack.Key, pack => pack.Select(row => row.Row).OrderBy(row => row.Losses).ThenBy(row => row.Position).ToList());
    }

    /// <summary>Chooses which of a pack's jobs a lease begins.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="start">The lease to begin.</param>
    /// <param name="rows">
    /// The waiting jobs and the jobs already begun by these leases, keyed by pack; jobs with the fewest losses come first.
    /// </param>
    /// <param name="taken">The positions already chosen for other leases in the same transaction.</param>
    private static (IReadOnlyList<OpenRow> Jobs, bool MoreWait) Choose(
        SweepPlan plan, PackStart start, Dictionary<PackNumber, List<OpenRow>> rows, HashSet<JobPosition> taken)
    {
        if (!rows.TryGetValue(start.Pack, out var pack)) return ([], false);
        var waiting = pack.Where(row => row.State == JobState.Queued && !taken.Contains(row.Position)).ToArray();
        // The call is repeated because the first response was lost.
        if (pack.Where(row => row.State == JobState.Running && row.Lease == start.Lease).ToArray() is { Length: > 0 } held)
            return (held, waiting.Length > 0);
        IEnumerable<OpenRow> wanted = waiting;
        var parts = PackParts.Of(plan);
        if (Array.Exists(waiting, row => row.Losses >= AttemptLedger.IsolateAfterLosses)) wanted = waiting.Take(1);
        else if (start.Parts > 0)
            wanted = waiting.GroupBy(row => parts.Part(row.Position)).OrderBy(part => part.Key).Take(start.Parts).SelectMany(part => part);
        var (chosen, bytes) = (new List<OpenRow>(), 0L);
        foreach (var row in wanted)
        {
            if (chosen.Count > 0 && bytes + row.StateBytes > JobAssignment.MaxCheckpointBytes) break;
            chosen.Add(row);
            bytes += row.StateBytes;
        }
        taken.UnionWith(chosen.Select(row => row.Position));
        return (chosen, waiting.Length > chosen.Count);
    }

    private async Task<HashSet<JobPosition>> BeginAsync(Sql sql, SweepId sweep, IReadOnlyList<(PackStart Start, string Environment)> starts,
        (IReadOnlyList<OpenRow> Jobs, bool MoreWait)[] chosen)
    {
        var begins = chosen.SelectMany((pack, i) =>
            pack.Jobs.Where(job => job.State == JobState.Queued)
                .Select(job =>
                new JobBegin(job.Position, job.Attempt, starts[i].Start.Lease, starts[i].Start.Worker, starts[i].Environment)))
                .ToArray();
        if (begins.Length == 0) return [];
        if (sql.Connection is NpgsqlConnection postgres)
            return await PostgresResults.BeginAsync(postgres, (NpgsqlTransaction)sql.Transaction, sweep, begins, access.NowMs);
        var batch = new StatementBatch(sql.Connection, sql.Transaction);
        foreach (var begin in begins)
        {
            batch.Add($"""
                UPDATE jobs SET state = {(int)JobState.Running}, attempt = attempt + 1, lease = @lease, worker = @worker,
                    environment = @environment, started_ms = @now
                WHERE sweep_id = @sweep AND position = @position AND attempt = @attempt AND state = {(int)JobState.Queued}
                """,
                ("lease", begin.Lease.ToString()), ("worker", begin.Worker), ("environment", begin.Environment), ("now", access.NowMs),
                ("sweep", sweep.Value), ("position", begin.Position.Value), ("attempt", begin.Attempt.Value));
        }
        var counts = await batch.ExecuteAsync();
        return [.. begins.Where((_, i) => counts[i] > 0).Select(begin => begin.Position)];
    }

    /// <summary>Ends the open attempts under the given leases. Only lost attempts add to a job's count of losses.</summary>
    private async Task<(JobPosition[] Closed, JobPosition[] GivenUp)> CloseAsync(
        Sql sql, SweepId sweep, EndedLease[] leases, AttemptOutcome outcome, JobState next)
    {
        var (losses, fault) = outcome == AttemptOutcome.Lost ? (1, $"'{AttemptLedger.LostFault}'") : (0, "NULL");
        // The packs are in the condition because leases are not indexed; otherwise all jobs of the sweep would be scanned.
        var open = $"sweep_id = @sweep AND {sql.Connection.In("pack", "packs")} AND state = {(int)JobState.Running} AND "
            + sql.Connection.In("lease", "leases");
        (string, object?)[] key = [("sweep", sweep.Value),
            ("packs", sql.Connection.Array(leases.Select(lease => lease.Pack.Value).Distinct().ToArray())),
            ("leases", sql.Connection.Array(Array.ConvertAll(leases, lease => lease.Lease.ToString())))];
        await sql.Connection.ExecuteAsync(sql.Transaction,
            $"INSERT INTO attempts ({AttemptLedger.ColumnsToEnd}) SELECT {AttemptLedger.EndOfAttempt}, {(int)outcome}, {fault} FROM jobs "
                + $"WHERE {open} ON CONFLICT DO "
                + "NOTHING", [.. key, ("now", access.NowMs)]);
        var closed = await sql.Connection.QueryAsync(sql.Transaction, $"""
            UPDATE jobs SET lease = NULL, losses = losses + {losses}, state = CASE WHEN losses + {losses} < {AttemptLedger.MaxLosses} THEN {(int)next}
                ELSE {(int)JobState.Failed} END,
                error = CASE WHEN losses + {losses} < {AttemptLedger.MaxLosses} THEN error ELSE '{AttemptLedger.TooManyLosses}' END
            WHERE {open} RETURNING position, state
            """, r => (Position: new JobPosition(r.GetInt32(0)), State: (JobState)r.GetInt32(1)), key);
        sql.Wrote = true;
        return ([.. closed.Select(job => job.Position)],
            [.. closed.Where(job => job.State == JobState.Failed).Select(job => job.Position)]);
    }

    /// <summary>A queued or running job.</summary>
    private sealed record UnfinishedRow(JobPosition Position, PackNumber Pack, int Epoch, JobState State, LeaseId? Lease, string? Worker);

    /// <summary>
    /// A job that is waiting, or that one of the leases has already begun. <c>StateBytes</c> is the size of the state that the job starts
    /// from: a checkpoint or trained prompts.
    /// </summary>
    private sealed record OpenRow(JobPosition Position, JobId Id, JobState State, AttemptNumber Attempt, int Losses, int Epoch,
        LeaseId? Lease, long StateBytes);
}

/// <summary>A job whose next attempt begins.</summary>
/// <param name="Position">The job's position.</param>
/// <param name="Attempt">The number of the job's previous attempt.</param>
/// <param name="Lease">The lease under which the job begins.</param>
/// <param name="Worker">The worker that runs the job.</param>
/// <param name="Environment">The key of the worker's environment.</param>
internal readonly record struct JobBegin(JobPosition Position, AttemptNumber Attempt, LeaseId Lease, string Worker, string Environment);

/// <summary>The result of beginning a pack.</summary>
/// <param name="Assignments">The jobs to run, without checkpoints.</param>
/// <param name="Epochs">The number of epochs that each job has completed, keyed by position.</param>
/// <param name="Begun">
/// The positions of jobs whose attempt began with this call. The other jobs had already begun under the same lease.
/// </param>
/// <param name="MoreWait">Whether other jobs in the pack are still waiting.</param>
internal sealed record PackBeginning(JobAssignment[] Assignments, Dictionary<JobPosition, int> Epochs, JobPosition[] Begun, bool MoreWait);

/// <summary>A lease that has ended.</summary>
/// <param name="Pack">The lease's pack.</param>
/// <param name="Lease">The lease.</param>
/// <param name="Unbegun">Whether the worker reported that no job of the lease has run.</param>
internal readonly record struct EndedLease(PackNumber Pack, LeaseId Lease, bool Unbegun = false);

/// <summary>The effects of ending leases.</summary>
/// <param name="Lost">The positions of jobs whose attempt was lost.</param>
/// <param name="GivenUp">The positions of lost jobs that failed because of too many losses.</param>
/// <param name="Returned">The positions of jobs whose attempt was open but never ran.</param>
/// <param name="Waiting">The waiting work, keyed by pack.</param>
internal sealed record LeasesEnded(
    JobPosition[] Lost, JobPosition[] GivenUp, JobPosition[] Returned, Dictionary<PackNumber, PackOffer> Waiting);
