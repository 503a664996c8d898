using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs one job to its end on the calling thread. The worker's seam to the trainer.</summary>
public interface IJobExecutor
{
    /// <summary>Runs a job.</summary>
    /// <param name="job">What to compute, on which files, and from which state.</param>
    /// <param name="onEpoch">Called after each epoch, on this thread.</param>
    /// <param name="cancellation">Ends the run within one iteration by an <see cref="OperationCanceledException"/>; by a
    /// <see cref="Training.Jobs.JobInterruptedException"/> where there is a state to keep.</param>
    JobResult Run(JobAssignment job, Action<EpochReport> onEpoch, CancellationToken cancellation);
}
