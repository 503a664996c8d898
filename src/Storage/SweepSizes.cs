using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// What sweeps take in the store, and what their deletion would free: prompts, checkpoints and texts by their length, rows by what they
/// take on average. What the database takes on the disk is more, and includes what it keeps for later use.
/// </summary>
internal sealed class SweepSizes(StoreAccess access)
{
    /// <summary>Bytes of a job's row with its indices, of an attempt and of an epoch, as either database stores them on average.</summary>
    private const int JobBytes = 600, AttemptBytes = 200, EpochBytes = 150;

    /// <summary>Added to the place of a sweep that cannot be deleted, so that it comes after all that can.</summary>
    private const long Stays = 1L << 40;

    /// <summary>The states of sweeps that have ended.</summary>
    internal static readonly string Ended = $"({(int)SweepState.Completed}, {(int)SweepState.Failed}, {(int)SweepState.Cancelled})";

    /// <summary>When a sweep ended: what silos of a version before ended is dated by its last attempt.</summary>
    internal const string EndedAt =
        "coalesce(sweeps.ended_ms, (SELECT max(attempts.ended_ms) FROM attempts WHERE attempts.sweep_id = sweeps.id), sweeps.submitted_ms)";

    /// <summary>The ids of this cluster's sweeps that ended before the parameter "before".</summary>
    internal static readonly string EndedBefore =
        $"SELECT sweeps.id FROM sweeps WHERE {StoreAccess.IsMine} AND sweeps.state IN {Ended} AND {EndedAt} <= @before";

    /// <summary>The sweeps in the order in which they were submitted.</summary>
    /// <param name="id">This one only; null for all.</param>
    public Task<List<SweepSize>> ReadAsync(SweepId? id = null) => access.TransactAsync(sql =>
    {
        var (one, owned) = id is null ? ("true", "true")
            : ("sweep_id = @sweep", "a.content_key IN (SELECT content_key FROM job_artifacts WHERE sweep_id = @sweep)");
        // Of sweeps that refer to one content the last to be deleted frees it: an open one never, of others that submitted last.
        return sql.QueryAsync($"""
            SELECT sweeps.id, sweeps.state, sweeps.submitted_ms,
                CASE WHEN sweeps.state IN {Ended} THEN {EndedAt} END,
                sweeps.reduced_ms, sweeps.total_jobs, length(sweeps.plan_json) + length(sweeps.spec_json),
                coalesce(work.epochs, 0), coalesce(work.attempts, 0), coalesce(kept.count, 0), coalesce(kept.bytes, 0),
                coalesce(owned.bytes, 0), coalesce(answers.count, 0)
            FROM sweeps
            LEFT JOIN (SELECT sweep_id, sum(CASE WHEN cached_from IS NULL THEN epoch ELSE 0 END) AS epochs, sum(attempt) AS attempts
                FROM jobs WHERE {one} GROUP BY sweep_id) AS work ON work.sweep_id = sweeps.id
            LEFT JOIN (SELECT sweep_id, count(*) AS count, sum(length(content)) AS bytes FROM checkpoints WHERE {one} GROUP BY sweep_id)
                AS kept ON kept.sweep_id = sweeps.id
            LEFT JOIN (SELECT last.ordinal, sum(contents.size) AS bytes FROM (
                    SELECT a.content_key,
                        max(s.ordinal + CASE WHEN s.state IN {Ended} AND s.cluster IN (@cluster, '') THEN 0 ELSE {Stays} END) AS ordinal
                    FROM job_artifacts AS a JOIN sweeps AS s ON s.id = a.sweep_id WHERE {owned} GROUP BY a.content_key) AS last
                JOIN contents ON contents.key = last.content_key GROUP BY last.ordinal) AS owned
                ON owned.ordinal = sweeps.ordinal + CASE WHEN sweeps.state IN {Ended} THEN 0 ELSE {Stays} END
            LEFT JOIN (SELECT own.sweep_id, count(*) AS count FROM jobs AS own
                JOIN jobs AS other ON other.job_id = own.job_id AND other.cached_from = own.sweep_id
                WHERE {one.Replace("sweep_id", "own.sweep_id", StringComparison.Ordinal)} GROUP BY own.sweep_id)
                AS answers ON answers.sweep_id = sweeps.id
            WHERE {StoreAccess.IsMine} AND {(id is null ? "true" : "sweeps.id = @sweep")} ORDER BY sweeps.ordinal, sweeps.id
            """, r => new SweepSize(new(r.GetString(0)), (SweepState)r.GetInt32(1), r.GetInt64(2),
                r.IsDBNull(3) ? null : r.GetInt64(3), IsReduced: !r.IsDBNull(4), r.GetInt32(5),
                RowBytes: Whole(r, 6) + ((long)r.GetInt32(5) * JobBytes),
                HistoryBytes: r.IsDBNull(4) ? Whole(r, 7) * EpochBytes : 0, AttemptBytes: Whole(r, 8) * AttemptBytes,
                Checkpoints: (int)Whole(r, 9), CheckpointBytes: Whole(r, 10), ContentBytes: Whole(r, 11), Answered: (int)Whole(r, 12)),
            access.Own, ("sweep", id?.Value ?? ""));

        static long Whole(System.Data.Common.DbDataReader row, int column) =>
            Convert.ToInt64(row.GetValue(column), System.Globalization.CultureInfo.InvariantCulture);
    }, StatementTime.WholeSweep);
}

/// <summary>A sweep and what it takes.</summary>
/// <param name="Id">Its id.</param>
/// <param name="State">Its state.</param>
/// <param name="SubmittedMs">When it was submitted, in milliseconds since 1970.</param>
/// <param name="EndedMs">When it ended; null while it has not.</param>
/// <param name="IsReduced">Whether it has lost all but its results.</param>
/// <param name="Jobs">Its jobs.</param>
/// <param name="RowBytes">Bytes of its plan, its spec and its jobs.</param>
/// <param name="HistoryBytes">Bytes of its epochs.</param>
/// <param name="AttemptBytes">Bytes of its attempts.</param>
/// <param name="Checkpoints">Its checkpoints.</param>
/// <param name="CheckpointBytes">Their bytes.</param>
/// <param name="ContentBytes">Bytes of prompts that go with it when those that ended and were submitted before it are gone.</param>
/// <param name="Answered">Jobs of other sweeps that took their results from it.</param>
internal sealed record SweepSize(SweepId Id, SweepState State, long SubmittedMs, long? EndedMs, bool IsReduced, int Jobs, long RowBytes,
    long HistoryBytes, long AttemptBytes, int Checkpoints, long CheckpointBytes, long ContentBytes, int Answered)
{
    /// <summary>All of it.</summary>
    public long Bytes => RowBytes + AttemptBytes + Heavy;

    /// <summary>What goes where only its results stay.</summary>
    public long Heavy => HistoryBytes + CheckpointBytes + ContentBytes;
}
