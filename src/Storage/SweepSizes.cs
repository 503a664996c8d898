using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Estimates the size of sweeps in the store and the space that deleting them would free. Prompts, checkpoints and text are counted by
/// length, and other data by average row size. The database uses more space on disk, including free space that it reserves.
/// </summary>
internal sealed class SweepSizes(StoreAccess access)
{
    /// <summary>The average size in bytes of a job's row with its indices, of an attempt and of an epoch, in either database.</summary>
    private const int JobBytes = 600, AttemptBytes = 200, EpochBytes = 150;

    /// <summary>An offset added to the ordinals of sweeps that cannot be deleted, so that they sort after all other sweeps.</summary>
    private const long Stays = 1L << 40;

    /// <summary>The SQL list of the states in which a sweep has ended.</summary>
    internal static readonly string Ended = $"({(int)SweepState.Completed}, {(int)SweepState.Failed}, {(int)SweepState.Cancelled})";

    /// <summary>
    /// The SQL expression for the end time of a sweep. If a silo of a previous version ended the sweep, this is the end time of the sweep's
    /// last attempt.
    /// </summary>
    internal const string EndedAt =
        "coalesce(sweeps.ended_ms, (SELECT max(attempts.ended_ms) FROM attempts WHERE attempts.sweep_id = sweeps.id), sweeps.submitted_ms)";

    /// <summary>The SQL query for the ids of this cluster's sweeps that ended before the parameter "before".</summary>
    internal static readonly string EndedBefore =
        $"SELECT sweeps.id FROM sweeps WHERE {StoreAccess.IsMine} AND sweeps.state IN {Ended} AND {EndedAt} <= @before";

    /// <summary>Returns the sizes of sweeps in the order of submission.</summary>
    /// <param name="id">The only sweep to return; null for all sweeps.</param>
    public Task<List<SweepSize>> ReadAsync(SweepId? id = null) => access.TransactAsync(sql =>
    {
        var (one, owned) = id is null ? ("true", "true")
            : ("sweep_id = @sweep", "a.content_key IN (SELECT content_key FROM job_artifacts WHERE sweep_id = @sweep)");
        // Content that several sweeps share is attributed to the sweep that frees it when it is deleted. That is the last submitted sweep,
        // or one that has not ended if there is any.
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

/// <summary>The size of a sweep.</summary>
/// <param name="Id">The sweep's id.</param>
/// <param name="State">The sweep's state.</param>
/// <param name="SubmittedMs">The submission time in milliseconds since 1970-01-01 UTC.</param>
/// <param name="EndedMs">The end time in milliseconds since 1970-01-01 UTC; null if the sweep has not ended.</param>
/// <param name="IsReduced">Whether everything except its results was deleted.</param>
/// <param name="Jobs">The number of jobs.</param>
/// <param name="RowBytes">The size of the plan, the spec and the job rows, in bytes.</param>
/// <param name="HistoryBytes">The size of the epochs, in bytes.</param>
/// <param name="AttemptBytes">The size of the attempts, in bytes.</param>
/// <param name="Checkpoints">The number of checkpoints.</param>
/// <param name="CheckpointBytes">The size of the checkpoints, in bytes.</param>
/// <param name="ContentBytes">
/// The size in bytes of the contents that deleting the sweep frees, assuming that all ended sweeps submitted earlier have been deleted.
/// </param>
/// <param name="Answered">The number of jobs in other sweeps that reused the sweep's results.</param>
internal sealed record SweepSize(SweepId Id, SweepState State, long SubmittedMs, long? EndedMs, bool IsReduced, int Jobs, long RowBytes,
    long HistoryBytes, long AttemptBytes, int Checkpoints, long CheckpointBytes, long ContentBytes, int Answered)
{
    /// <summary>The total size in bytes.</summary>
    public long Bytes => RowBytes + AttemptBytes + Heavy;

    /// <summary>The size in bytes of the data that is deleted if only the results are kept.</summary>
    public long Heavy => HistoryBytes + CheckpointBytes + ContentBytes;
}
