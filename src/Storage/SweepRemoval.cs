using AdaptCluster.Contracts.Sweeps;
using Microsoft.Data.Sqlite;

namespace AdaptCluster.Storage;

/// <summary>
/// Deletes sweeps. A sweep is deleted completely or not at all, even if the process dies. Results that other sweeps reused are kept: the
/// first of these sweeps becomes the owner of the result and receives all its data. Contents that are no longer referenced are deleted
/// afterwards in small transactions. If the process is killed, the next deletion removes the rest.
/// </summary>
internal sealed class SweepRemoval(StoreAccess access, StoreDatabase database, Artifacts artifacts)
{
    /// <summary>The number of contents deleted in one transaction.</summary>
    private const int ContentsAtOnce = 500;

    /// <summary>
    /// The thresholds for compacting a SQLite file: the minimum number of free bytes, and the divisor for the minimum free share (10 means
    /// a tenth of the file).
    /// </summary>
    private const int LeastFree = 1 << 20, ShareFree = 10;

    /// <summary>
    /// The key of the PostgreSQL advisory lock that separates deletions from submissions that use the cache. Without it, a submission could
    /// reuse results of a sweep that is deleted at the same time.
    /// </summary>
    private const string Lock = "7266348211907245389";

    private static readonly string[] History = ["epochs", "prune_steps"];

    /// <summary>Blocks deletions until the transaction ends.</summary>
    internal static Task KeepAwayAsync(Sql sql) => sql.Connection is SqliteConnection ? Task.CompletedTask
        : sql.ExecuteAsync($"SELECT pg_advisory_xact_lock_shared({Lock})");

    /// <summary>Deletes a sweep that is not running.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="keepResults">
    /// Whether the table and the results are kept, and only epochs, masks, prompts and checkpoints are deleted.
    /// </param>
    /// <returns>Whether the sweep existed and was not running.</returns>
    public async Task<bool> DeleteAsync(SweepId id, bool keepResults)
    {
        // This moves files that silos of the previous version stored once per job, so that they are found by their content.
        await artifacts.MoveArtifactsAsync();
        return await access.TransactAsync(async sql =>
        {
            await AloneAsync(sql);
            var rests = $"""
                id = @sweep AND {StoreAccess.IsMine} AND state IN ({(int)SweepState.Completed}, {(int)SweepState.Failed},
                    {(int)SweepState.Cancelled}, {(int)SweepState.Interrupted})
                    AND NOT EXISTS (SELECT 1 FROM jobs WHERE jobs.sweep_id = sweeps.id AND jobs.state = {(int)JobState.Running})
                """;
            // After this statement, a concurrent deletion finds no sweep, and a concurrent start of the sweep waits.
            var found = keepResults
                ? await sql.ExecuteAsync($"UPDATE sweeps SET reduced_ms = @now WHERE {rests}", ("sweep", id.Value), ("now", access.NowMs),
                    access.Own)
                : await sql.ExecuteAsync($"DELETE FROM sweeps WHERE {rests}", ("sweep", id.Value), access.Own);
            if (found == 0) return false;
            await HandOverAsync(sql, id, keepResults);
            string[] tables = keepResults ? [.. History, "checkpoints", "job_artifacts"]
                : [.. History, "checkpoints", "job_artifacts", "artifacts", "attempts", "jobs"];
            foreach (var table in tables) await sql.ExecuteAsync($"DELETE FROM {table} WHERE sweep_id = @sweep", ("sweep", id.Value));
            if (keepResults) await ForgetProgressAsync(sql, "sweep_id = @sweep", ("sweep", id.Value));
            return true;
        }, StatementTime.WholeSweep);
    }

    /// <summary>Deletes the checkpoints of unfinished jobs in sweeps that ended before a given time.</summary>
    /// <param name="endedBefore">The time in milliseconds since 1970-01-01 UTC.</param>
    /// <returns>The number of checkpoints deleted.</returns>
    public Task<int> DropCheckpointsAsync(long endedBefore) => access.TransactAsync(async sql =>
    {
        var old = $"sweep_id IN ({SweepSizes.EndedBefore})";
        (string, object?)[] key = [("before", endedBefore), access.Own];
        var dropped = await sql.ExecuteAsync($"DELETE FROM checkpoints WHERE {old}", key);
        if (dropped > 0) await ForgetProgressAsync(sql, old, key);
        return dropped;
    }, StatementTime.WholeSweep);

    /// <summary>Deletes one named file from each of a sweep's jobs. The space is freed by <see cref="CollectAsync"/>.</summary>
    /// <param name="id">The sweep.</param>
    /// <param name="name">The file's name.</param>
    /// <returns>The number of files deleted.</returns>
    public Task<int> DropFilesAsync(SweepId id, string name) => access.TransactAsync(async sql =>
    {
        await AloneAsync(sql);
        return await sql.ExecuteAsync("DELETE FROM job_artifacts WHERE sweep_id = @sweep AND name = @name", ("sweep", id.Value),
            ("name", name));
    }, StatementTime.WholeSweep);

    /// <summary>Deletes contents that are not referenced.</summary>
    /// <returns>The number of contents deleted.</returns>
    public async Task<int> CollectAsync()
    {
        for (var total = 0; ;)
        {
            var some = await CollectSomeAsync();
            if (some == 0) return total;
            total += some;
        }
    }

    /// <summary>
    /// Compacts a SQLite file if deletions have freed enough space to justify rewriting it. Does nothing while a sweep is running, because
    /// reports would have to wait. PostgreSQL reuses the free space for later data.
    /// </summary>
    /// <returns>The number of bytes by which the file shrank.</returns>
    public Task<long> CompactAsync() => database.IsPostgres ? Task.FromResult(0L) : access.ConnectAsync(async connection =>
    {
        async Task<long> NumberAsync(string pragma) =>
            (await connection.QueryAsync(null, $"PRAGMA {pragma}", r => r.GetInt64(0)))[0];
        var (page, pages, free) =
            (await NumberAsync("page_size"), await NumberAsync("page_count"), await NumberAsync("freelist_count"));
        if (free * page < Math.Max(LeastFree, pages * page / ShareFree)) return 0;
        var running = await connection.QueryAsync(null, $"SELECT 1 FROM sweeps WHERE state = {(int)SweepState.Running} LIMIT 1",
            r => r.GetInt32(0));
        if (running.Count > 0) return 0;
        await connection.ExecuteAsync(null, "VACUUM");
        // The file shrinks only when the write-ahead log is written back into it.
        await connection.QueryAsync(null, "PRAGMA wal_checkpoint(TRUNCATE)", r => r.GetInt64(0));
        return (pages - await NumberAsync("page_count")) * page;
    });

    /// <summary>
    /// Waits until no submission is using the cache, and blocks further submissions that use it until the transaction ends.
    /// </summary>
    private static Task AloneAsync(Sql sql) => sql.Connection is SqliteConnection ? Task.CompletedTask
        : sql.ExecuteAsync($"SELECT pg_advisory_xact_lock({Lock})");

    /// <summary>
    /// Transfers each result that other sweeps reused, with its attempts, epochs, masks and prompts, to the first of these sweeps. The
    /// other sweeps, and the sweep itself if it is kept, then refer to the new owner as the source of the result.
    /// </summary>
    private static async Task HandOverAsync(Sql sql, SweepId id, bool keepResults)
    {
        const string heir = "jobs.sweep_id = heirs.sweep_id AND jobs.position = heirs.position";
        (string, object?)[] key = [("sweep", id.Value)];
        await sql.ExecuteAsync("CREATE TEMPORARY TABLE heirs (job_id TEXT, origin INTEGER, sweep_id TEXT, position INTEGER)");
        var heirs = await sql.ExecuteAsync($"""
            INSERT INTO heirs (job_id, origin, sweep_id, position)
            SELECT taken.job_id, taken.origin, taken.sweep_id, min(jobs.position) FROM (
                SELECT own.job_id, min(own.position) AS origin, min(other.sweep_id) AS sweep_id FROM jobs AS own
                JOIN jobs AS other ON other.job_id = own.job_id AND other.cached_from = @sweep
                WHERE own.sweep_id = @sweep AND own.state = {(int)JobState.Completed} AND own.cached_from IS NULL GROUP BY own.job_id) AS taken
            JOIN jobs ON jobs.sweep_id = taken.sweep_id AND jobs.job_id = taken.job_id
            GROUP BY taken.job_id, taken.origin, taken.sweep_id
            """, key);
        if (heirs > 0)
        {
            foreach (var table in (string[])[.. History, "attempts"])
            {
                await sql.ExecuteAsync($"""
                    UPDATE {table} SET sweep_id = heirs.sweep_id, position = heirs.position FROM heirs
                    WHERE {table}.sweep_id = @sweep AND {table}.position = heirs.origin
                    """, key);
            }
            await sql.ExecuteAsync("""
                INSERT INTO job_artifacts (sweep_id, position, name, content_key)
                SELECT heirs.sweep_id, heirs.position, a.name, a.content_key FROM heirs
                JOIN job_artifacts AS a ON a.sweep_id = @sweep AND a.position = heirs.origin WHERE true ON CONFLICT DO NOTHING
                """, key);
            await sql.ExecuteAsync($"""
                UPDATE jobs SET cached_from = heirs.sweep_id FROM heirs
                WHERE jobs.cached_from = @sweep AND jobs.job_id = heirs.job_id AND NOT ({heir})
                """, key);
            await sql.ExecuteAsync($"""
                UPDATE jobs SET cached_from = NULL, attempt = own.attempt, worker = own.worker, started_ms = own.started_ms
                FROM heirs JOIN jobs AS own ON own.sweep_id = @sweep AND own.position = heirs.origin WHERE {heir}
                """, key);
            if (keepResults)
                await sql.ExecuteAsync("""
                    UPDATE jobs SET cached_from = heirs.sweep_id FROM heirs WHERE jobs.sweep_id = @sweep AND jobs.position = heirs.origin
                    """, key);
        }
        await sql.ExecuteAsync("DROP TABLE heirs");
    }

    /// <summary>Resets the progress of jobs whose checkpoints are deleted. They start at their first epoch if they run again.</summary>
    private static Task<int> ForgetProgressAsync(Sql sql, string which, params (string, object?)[] key) => sql.ExecuteAsync(
        $"UPDATE jobs SET epoch = 0, context_tokens = NULL WHERE {which} AND state <> {(int)JobState.Completed} AND epoch > 0", key);

    private async Task<int> CollectSomeAsync()
    {
        var keys = await access.TransactAsync(sql => sql.QueryAsync($"""
            SELECT key FROM contents WHERE NOT EXISTS (SELECT 1 FROM job_artifacts AS a WHERE a.content_key = contents.key)
            ORDER BY key LIMIT {ContentsAtOnce}
            """, r => r.GetString(0)), StatementTime.WholeSweep);
        if (keys.Count == 0) return 0;
        return await access.TransactAsync(async sql =>
        {
            var some = ("keys", (object?)sql.Connection.Array(keys.ToArray()));
            await AloneAsync(sql);
            // This waits for a report that has just inserted one of these contents and whose reference is not visible yet.
            if (database.IsPostgres)
                await sql.QueryAsync("SELECT key FROM contents WHERE key = ANY(@keys) ORDER BY key FOR UPDATE", r => r.GetString(0), some);
            return await sql.ExecuteAsync($"""
                DELETE FROM contents WHERE {sql.Connection.In("key", "keys")}
                    AND NOT EXISTS (SELECT 1 FROM job_artifacts AS a WHERE a.content_key = contents.key)
                """, some);
        }, StatementTime.WholeSweep);
    }
}
