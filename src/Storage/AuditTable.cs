using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Storage;

/// <summary>
/// Stores the audit log of the cluster's sweeps. Entries are kept after their sweep is deleted. The newest <see cref="MostKept"/> entries
/// of allowed actions and the newest <see cref="MostRefusals"/> refusals are kept. The two limits are separate, so that refused requests
/// cannot displace the entries of allowed actions.
/// </summary>
internal sealed class AuditTable(StoreAccess access)
{
    /// <summary>The maximum number of entries for actions that were not refused.</summary>
    public const int MostKept = 200_000;

    /// <summary>The maximum number of entries for refusals.</summary>
    public const int MostRefusals = 20_000;

    /// <summary>The number of new entries after which the oldest entries are deleted.</summary>
    public const int DeleteEvery = 100;

    /// <summary>Adds an entry. The store sets its id and time.</summary>
    public Task AddAsync(AuditEntry entry) => access.TransactAsync(async sql =>
    {
        var id = (await sql.QueryAsync("""
            INSERT INTO audit (cluster, at_ms, sweep_id, action, outcome, way, name, detail, call)
            VALUES (@cluster, @now, @sweep, @action, @outcome, @way, @name, @detail, @call) RETURNING id
            """, r => r.GetInt64(0), access.Own, ("now", access.NowMs), ("sweep", entry.Sweep ?? ""), ("action", (int)entry.Action),
            ("outcome", (int)entry.Outcome), ("way", (int)entry.Way), ("name", entry.Name), ("detail", entry.Detail),
            ("call", entry.Call)))[0];
        // The entry's id is used instead of a counter, because some processes add only a single entry, such as commands without a cluster.
        if (id % DeleteEvery != 0) return 0;
        return await DeleteAsync(sql, $"outcome <> {(int)AuditOutcome.Refused}", MostKept)
            + await DeleteAsync(sql, $"outcome = {(int)AuditOutcome.Refused}", MostRefusals);
    });

    /// <summary>Returns entries, newest first.</summary>
    public Task<AuditEntry[]> ReadAsync(AuditQuery query) => access.ConnectAsync(async connection => (await connection.QueryAsync(null, $"""
        SELECT id, at_ms, sweep_id, action, outcome, way, name, detail, call FROM audit
        WHERE cluster = @cluster AND {(query.Sweep is null ? "@sweep = ''" : "sweep_id = @sweep")} AND id < @before
        ORDER BY id DESC LIMIT @count
        """,
        row => new AuditEntry
        {
            Id = row.GetInt64(0),
            Time = Rows.At(row.GetInt64(1)),
            Sweep = row.GetString(2) is { Length: > 0 } sweep ? sweep : null,
            Action = (AuditAction)row.GetInt32(3),
            Outcome = (AuditOutcome)row.GetInt32(4),
            Way = (CallerWay)row.GetInt32(5),
            Name = row.IsDBNull(6) ? null : row.GetString(6),
            Detail = row.IsDBNull(7) ? null : row.GetString(7),
            Call = row.IsDBNull(8) ? null : row.GetString(8),
        },
        access.Own, ("sweep", query.Sweep ?? ""), ("before", query.Before ?? long.MaxValue), ("count", query.Count))).ToArray());

    private Task<int> DeleteAsync(Sql sql, string which, int most) => sql.ExecuteAsync($"""
        DELETE FROM audit WHERE cluster = @cluster AND {which} AND id <=
            (SELECT id FROM audit WHERE cluster = @cluster AND {which} ORDER BY id DESC LIMIT 1 OFFSET @most)
        """, access.Own, ("most", most));
}
