using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Web;

/// <summary>The grains that the pages ask.</summary>
/// <param name="client">How they are reached.</param>
internal sealed class ClusterReader(IClusterClient client)
{
    /// <summary>Planning, submission and listing.</summary>
    public IFrontGrain Front => client.GetGrain<IFrontGrain>(0);

    /// <summary>One sweep.</summary>
    public ISweepGrain Sweep(SweepId id) => client.GetGrain<ISweepGrain>(id.Value);

    /// <summary>One sweep's table.</summary>
    public ICoordinatorGrain Coordinator(SweepId id) => client.GetGrain<ICoordinatorGrain>(id.Value);
}
