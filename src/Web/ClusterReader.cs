using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web;

/// <summary>The grains that the pages ask.</summary>
/// <param name="client">How they are reached.</param>
internal sealed class ClusterReader(IClusterClient client)
{
    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => client.GetGrain<IFrontGrain>(0);

    /// <summary>Plans a spec in a user's name.</summary>
    public Task<PlanPreview> PlanAsync(string spec, string source, string user)
    {
        CallerName.Set(user);
        return Front.PlanAsync(spec, source);
    }

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => client.GetGrain<ICoordinatorGrain>(id.Value);
}
