
namespace AdaptCluster.Storage;

/// <summary>
/// Quarantines of silos, stored so that a queue that is activated on another silo still knows them. They use the wall clock, because no
/// monotonic clock outlives a process.
/// </summary>
internal sealed class QuarantineTable(StoreAccess access)
{
    /// <summary>Returns the silos of a pool that are quarantined now.</summary>
    public Task<List<Quarantine>> QuarantinesAsync(string pool) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT silo, until_ms, times FROM quarantines WHERE cluster = @cluster AND pool = @pool AND until_ms > @now",
        r => new Quarantine(r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)), r.GetInt32(2)), access.Own,
        ("pool", pool), ("now", access.NowMs)));

    /// <summary>Stores a quarantine, and deletes those that have expired.</summary>
    public Task SaveQuarantineAsync(string pool, Quarantine quarantine) => access.TransactAsync(async sql =>
    {
        await sql.ExecuteAsync("DELETE FROM quarantines WHERE until_ms <= @now", ("now", access.NowMs));
        return await sql.ExecuteAsync("""
            INSERT INTO quarantines (cluster, pool, silo, until_ms, times) VALUES (@cluster, @pool, @silo, @until, @times)
            ON CONFLICT (cluster, pool, silo) DO UPDATE SET until_ms = excluded.until_ms, times = excluded.times
            """, access.Own, ("pool", pool), ("silo", quarantine.Silo), ("until", quarantine.Until.ToUnixTimeMilliseconds()), ("times", quarantine.Times));
    });
}

/// <summary>A silo in quarantine.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Until">When the quarantine ends.</param>
/// <param name="Times">The number of quarantines in a row.</param>
internal sealed record Quarantine(string Silo, DateTimeOffset Until, int Times);
