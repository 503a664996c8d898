using System.Data.Common;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Storage;

/// <summary>Clusters that share a database do not see each other's sweeps.</summary>
internal sealed partial class SweepStore
{
    /// <summary>The condition on a row of sweeps; its parameter is <see cref="Own"/>.</summary>
    private const string IsMine = "cluster IN (@cluster, '')";

    private (string, object?) Own => ("cluster", database.Cluster);

    /// <summary>The sweeps of this cluster, and those that no cluster has claimed yet.</summary>
    private IQueryable<SweepEntity> Mine(SweepDbContext db) => db.Sweeps.Where(s => s.Cluster == database.Cluster || s.Cluster == "");

    /// <summary>
    /// The id of a plan's sweep, the same at each submission. Ids are hashes of plans, so two clusters give one plan the same id; whichever
    /// comes second has another, which it alone gives.
    /// </summary>
    public Task<SweepId> IdOfAsync(SweepPlan plan) => RunAsync(async db =>
    {
        var id = JobIdentity.Of(plan);
        var owner = await db.Sweeps.Where(s => s.Id == id.Value).Select(s => s.Cluster).SingleOrDefaultAsync();
        return string.IsNullOrEmpty(owner) || owner == database.Cluster ? id : JobIdentity.Of(plan, database.Cluster);
    });

    /// <summary>Claims the sweeps that belong to no cluster: those of earlier versions.</summary>
    public Task ClaimAsync() => ConnectAsync(connection => ClaimAsync(connection, null));

    /// <summary>Claims sweeps that belong to no cluster, and gives a place in the order of submission to those that have none.</summary>
    /// <param name="connection">The store.</param>
    /// <param name="id">Of one sweep only; null for all.</param>
    private Task<int> ClaimAsync(DbConnection connection, SweepId? id)
    {
        const string unclaimed = "cluster = '' AND (@id = '' OR id = @id)";
        return connection.ExecuteAsync(null, $"""
            UPDATE sweeps SET cluster = @cluster, ordinal = CASE WHEN sweeps.ordinal = 0 THEN counted.ordinal ELSE sweeps.ordinal END
            FROM (SELECT id AS claimed, (SELECT max(ordinal) FROM sweeps) + row_number() OVER (ORDER BY submitted_ms, id) AS ordinal
                FROM sweeps WHERE {unclaimed}) AS counted
            WHERE counted.claimed = sweeps.id AND sweeps.cluster = ''
            """, Own, ("id", id?.Value ?? ""));
    }
}
