using AdaptCluster.Contracts.Queue;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs the jobs of a lease to completion on the calling thread. This is the worker's interface to the trainer.</summary>
public interface IJobExecutor
{
    /// <summary>Runs the jobs to completion.</summary>
    /// <param name="jobs">The jobs, each with its assignment and the receiver of its events.</param>
    void Run(IReadOnlyList<PackJob> jobs);
}

/// <summary>A job of a lease.</summary>
/// <param name="Assignment">The job's definition, attempt number, checkpoint and file fingerprints.</param>
/// <param name="Events">Receives the job's events on the thread that runs it.</param>
public sealed record PackJob(JobAssignment Assignment, IJobEvents Events);
