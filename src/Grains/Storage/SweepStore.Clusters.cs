using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Planning;
using Microsoft.EntityFrameworkCore;

namespace AdaptCluster.Grains.Storage;

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
    public Task ClaimAsync() => RunAsync(db => ClaimAsync(db, null));

    /// <param name="db">The store.</param>
    /// <param name="id">Of one sweep only; null for all.</param>
    private async Task<int> ClaimAsync(SweepDbContext db, SweepId? id) => await (await OpenAsync(db)).ExecuteAsync(null,
        "UPDATE sweeps SET cluster = @cluster WHERE cluster = '' AND (@id = '' OR id = @id)", Own, ("id", id?.Value ?? ""));
}
