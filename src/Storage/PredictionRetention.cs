using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Deletes the predictions of ended sweeps that are too old, or too many: whole sweeps, the one that ended first of all. Results, prompts
/// and everything else stay, and so do predictions that a later sweep took over.
/// </summary>
internal sealed class PredictionRetention(StoreAccess access, SweepRemoval removal)
{
    private const string Mine =
        $"a.name = '{Artifacts.PredictionsName}' AND a.sweep_id IN (SELECT id FROM sweeps WHERE {StoreAccess.IsMine})";

    /// <summary>Deletes what is due; the contents stay until <see cref="SweepRemoval.CollectAsync"/>.</summary>
    /// <param name="age">How long after a sweep's end they stay; null for ever.</param>
    /// <param name="maxBytes">Bytes that the predictions of all sweeps may take; null for any number.</param>
    /// <returns>How many sweeps lost theirs.</returns>
    public async Task<int> DropAsync(TimeSpan? age, long? maxBytes)
    {
        if (age is null && maxBytes is null) return 0;
        var dropped = 0;
        foreach (var (sweep, ended) in await EndedAsync())
        {
            var due = age is { } longest && ended <= access.NowMs - (long)longest.TotalMilliseconds;
            if (!due && (maxBytes is not { } most || await BytesAsync() <= most)) break;
            await removal.DropFilesAsync(sweep, Artifacts.PredictionsName);
            dropped++;
        }
        return dropped;
    }

    /// <summary>Bytes of all predictions, each content counted once.</summary>
    public Task<long> BytesAsync() => access.ConnectAsync(async connection => (await connection.QueryAsync(null,
        $"SELECT coalesce(sum(size), 0) FROM contents WHERE key IN (SELECT a.content_key FROM job_artifacts AS a WHERE {Mine})",
        r => r.GetInt64(0), access.Own))[0]);

    /// <summary>Ended sweeps that have predictions, the one that ended first first.</summary>
    private Task<List<(SweepId Sweep, long EndedMs)>> EndedAsync() => access.ConnectAsync(connection => connection.QueryAsync(null, $"""
        SELECT id, {SweepSizes.EndedAt} AS ended FROM sweeps WHERE {StoreAccess.IsMine} AND state IN {SweepSizes.Ended}
            AND EXISTS (SELECT 1 FROM job_artifacts AS a WHERE a.sweep_id = sweeps.id AND a.name = '{Artifacts.PredictionsName}')
        ORDER BY ended, ordinal, id
        """, r => (new SweepId(r.GetString(0)), r.GetInt64(1)), access.Own));
}
