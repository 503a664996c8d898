
namespace AdaptCluster.Storage;

/// <summary>
/// Stores silo quarantines, so that a queue can restore them when it is activated on another silo. Times are wall-clock times, because a
/// monotonic clock is valid only within one process.
/// </summary>
internal sealed class QuarantineTable(StoreAccess access)
{
    /// <summary>Returns the silos in a pool that are currently quarantined.</summary>
    public Task<List<Quarantine>> QuarantinesAsync(string pool) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT silo, until_ms, times FROM quarantines WHERE cluster = @cluster AND pool = @pool AND until_ms > @now",
        r => new Quarantine(r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)), r.GetInt32(2)), access.Own,
        ("pool", pool), ("now", access.NowMs)));

    /// <summary>Stores a quarantine, and deletes quarantines that have expired.</summary>
    public Task SaveQuarantineAsync(string pool, Quarantine quarantine) => access.TransactAsync(async sql =>
    {
        await sql.ExecuteAsync("DELETE FROM quarantines WHERE until_ms <= @now", ("now", access.NowMs));
        return await sql.ExecuteAsync("""
            INSERT INTO quarantines (cluster, pool, silo, until_ms, times) VALUES (@cluster, @pool, @silo, @until, @times)
            ON CONFLICT (cluster, pool, silo) DO UPDATE SET until_ms = excluded.until_ms, times = excluded.times
            """, access.Own, ("pool", pool), ("silo", quarantine.Silo), ("until", quarantine.Until.ToUnixTimeMilliseconds()), ("times", quarantine.Times));
    });
}

/// <summary>A quarantined silo.</summary>
/// <param name="Silo">The name of the silo.</param>
/// <param name="Until">The time at which the quarantine ends.</param>
/// <param name="Times">The silo's number of consecutive quarantines.</param>
internal sealed record Quarantine(string Silo, DateTimeOffset Until, int Times);
