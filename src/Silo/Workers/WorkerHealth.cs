using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Workers;

/// <summary>Where workers say that they cannot go on, so that an embedded silo's command can end with the reason.</summary>
public sealed class WorkerHealth
{
    private readonly TaskCompletionSource<AdaptClusterException> _fault = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends with the first fault that no retry cured.</summary>
    public Task<AdaptClusterException> Fault => _fault.Task;

    /// <summary>Notes a fault.</summary>
    internal void Report(AdaptClusterException fault) => _fault.TrySetResult(fault);
}
