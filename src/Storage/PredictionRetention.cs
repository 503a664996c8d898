using System.Globalization;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Deletes the predictions of ended sweeps when they are too old or use too much space. They are deleted sweep by sweep, starting with the
/// sweep that ended first. Everything else, such as results and prompts, is kept, and so are predictions that a later sweep reused.
/// </summary>
internal sealed class PredictionRetention(StoreAccess access, SweepRemoval removal)
{
    /// <summary>Returns the sweeps whose predictions should be deleted, in the order in which they ended.</summary>
    /// <param name="age">The time for which predictions are kept after a sweep's end; null for no limit.</param>
    /// <param name="maxBytes">The maximum size of the predictions of all sweeps, in bytes; null for no limit.</param>
    public async Task<List<SweepId>> DueAsync(TimeSpan? age, long? maxBytes)
    {
        if (age is null && (maxBytes is null || await BytesAsync() <= maxBytes)) return [];
        var holders = await HoldersAsync();
        var (left, due) = (holders.Sum(holder => holder.Bytes), new List<SweepId>());
        foreach (var (sweep, ended, bytes) in holders)
        {
            if (ended is null) break;
            var old = age is { } longest && ended <= access.NowMs - (long)longest.TotalMilliseconds;
            if (!old && (maxBytes is null || left <= maxBytes)) break;
            due.Add(sweep);
            left -= bytes;
        }
        return due;
    }

    /// <summary>Deletes the predictions of sweeps. The space is freed by <see cref="SweepRemoval.CollectAsync"/>.</summary>
    public async Task DropAsync(IReadOnlyList<SweepId> sweeps)
    {
        foreach (var sweep in sweeps) await removal.DropFilesAsync(sweep, Artifacts.PredictionsName);
    }

    /// <summary>Returns the size of all predictions in bytes. Content that several jobs share is counted once.</summary>
    public Task<long> BytesAsync() => access.ConnectAsync(async connection => (await connection.QueryAsync(null, $"""
        SELECT coalesce(sum(size), 0) FROM contents WHERE key IN (SELECT a.content_key FROM job_artifacts AS a
            WHERE a.name = '{Artifacts.PredictionsName}' AND a.sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine}))
        """, r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture), access.Own))[0]);

    /// <summary>
    /// Returns the sweeps that have predictions. Ended sweeps come first, in the order in which they ended, followed by sweeps that have
    /// not ended, whose end is null. Content that several sweeps share is attributed to the last of them, because it is freed when that
    /// sweep's predictions are deleted.
    /// </summary>
    private Task<List<(SweepId Sweep, long? EndedMs, long Bytes)>> HoldersAsync() => access.TransactAsync(sql => sql.QueryAsync($"""
        WITH holders AS (
            SELECT sweeps.id, CASE WHEN sweeps.state IN {SweepSizes.Ended} THEN {SweepSizes.EndedAt} END AS ended, sweeps.ordinal
            FROM sweeps WHERE {StoreAccess.IsMine}
                AND EXISTS (SELECT 1 FROM job_artifacts AS a WHERE a.sweep_id = sweeps.id AND a.name = '{Artifacts.PredictionsName}')),
        placed AS (SELECT id, ended, row_number() OVER (
            ORDER BY CASE WHEN ended IS NULL THEN 1 ELSE 0 END, ended, ordinal, id) AS place FROM holders),
        last AS (SELECT a.content_key, max(placed.place) AS place FROM job_artifacts AS a JOIN placed ON placed.id = a.sweep_id
            WHERE a.name = '{Artifacts.PredictionsName}' GROUP BY a.content_key),
        freed AS (SELECT last.place, sum(contents.size) AS bytes FROM last JOIN contents ON contents.key = last.content_key
            GROUP BY last.place)
        SELECT placed.id, placed.ended, coalesce(freed.bytes, 0) FROM placed LEFT JOIN freed ON freed.place = placed.place
        ORDER BY placed.place
        """, r => (new SweepId(r.GetString(0)), r.IsDBNull(1) ? (long?)null : r.GetInt64(1),
            Convert.ToInt64(r.GetValue(2), CultureInfo.InvariantCulture)), access.Own), StatementTime.WholeSweep);
}
