using AdaptCluster.Contracts.Queue;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs the jobs of a lease to their ends on the calling thread. The worker's seam to the trainer.</summary>
public interface IJobExecutor
{
    /// <summary>Runs jobs.</summary>
    /// <param name="jobs">What to compute, on which files, and from which state; and who hears of it.</param>
    void Run(IReadOnlyList<PackJob> jobs);
}

/// <summary>A job of a lease.</summary>
/// <param name="Assignment">What to compute, on which files, and from which state.</param>
/// <param name="Events">Who hears of it, on the thread that runs it.</param>
public sealed record PackJob(JobAssignment Assignment, IJobEvents Events);
