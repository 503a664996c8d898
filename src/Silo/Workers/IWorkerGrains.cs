using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Workers;

/// <summary>The grains that a worker calls: the seam at which tests make calls go wrong.</summary>
internal interface IWorkerGrains
{
    /// <summary>The queue of a pool.</summary>
    IQueueGrain Queue(string pool);

    /// <summary>A sweep.</summary>
    ISweepGrain Sweep(SweepId id);
}

/// <summary>Those of the cluster.</summary>
internal sealed class WorkerGrains(IGrainFactory grains) : IWorkerGrains
{
    public IQueueGrain Queue(string pool) => grains.GetGrain<IQueueGrain>(pool);

    public ISweepGrain Sweep(SweepId id) => grains.GetGrain<ISweepGrain>(id.Value);
}
