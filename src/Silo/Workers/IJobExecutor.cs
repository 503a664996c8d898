using AdaptCluster.Contracts.Queue;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs the jobs of a lease to completion on the calling thread. This is the worker's interface to the trainer.</summary>
public interface IJobExecutor
{
    /// <summary>Runs jobs.</summary>
    /// <param name="jobs">The jobs, each with what to compute, the files, the checkpoint and the receiver of its events.</param>
    void Run(IReadOnlyList<PackJob> jobs);
}

/// <summary>A job of a lease.</summary>
/// <param name="Assignment">What to compute, on which files, and from which checkpoint.</param>
/// <param name="Events">Receives the job's events on the thread that runs it.</param>
public sealed record PackJob(JobAssignment Assignment, IJobEvents Events);
