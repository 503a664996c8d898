
namespace AdaptCluster.Storage;

/// <summary>
/// Quarantines of silos, so that a queue that is activated elsewhere still knows them. By the wall clock, since no other one outlives a
/// process.
/// </summary>
internal sealed class QuarantineTable(StoreAccess access)
{
    /// <summary>The silos of a pool that are quarantined now.</summary>
    public Task<List<Quarantine>> QuarantinesAsync(string pool) =>
        access.ConnectAsync(connection => connection.QueryAsync(null,
        "SELECT silo, until_ms, times FROM quarantines WHERE cluster = @cluster AND pool = @pool AND until_ms > @now",
        r => new Quarantine(r.GetString(0), DateTimeOffset.FromUnixTimeMilliseconds(r.GetInt64(1)), r.GetInt32(2)), access.Own,
        ("pool", pool), ("now", access.NowMs)));

    /// <summary>Writes a quarantine down, and forgets those that are over.</summary>
    public Task SaveQuarantineAsync(string pool, Quarantine quarantine) => access.TransactAsync(async sql =>
    {
        await sql.ExecuteAsync("DELETE FROM quarantines WHERE until_ms <= @now", ("now", access.NowMs));
        return await sql.ExecuteAsync("""
            INSERT INTO quarantines (cluster, pool, silo, until_ms, times) VALUES (@cluster, @pool, @silo, @until, @times)
            ON CONFLICT (cluster, pool, silo) DO UPDATE SET until_ms = excluded.until_ms, times = excluded.times
            """, access.Own, ("pool", pool), ("silo", quarantine.Silo), ("until", quarantine.Until.ToUnixTimeMilliseconds()), ("times", quarantine.Times));
    });
}

/// <summary>A silo that gets no work.</summary>
/// <param name="Silo">Its name.</param>
/// <param name="Until">Until when.</param>
/// <param name="Times">How often it was quarantined in a row.</param>
internal sealed record Quarantine(string Silo, DateTimeOffset Until, int Times);
