using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Computes how much of a sweep is done.</summary>
public static class WorkDone
{
    /// <summary>
    /// Returns the fraction of the work that is done, from 0 to 1: of the iterations if they are known, otherwise of the jobs.
    /// </summary>
    /// <param name="jobs">The numbers of the sweep's jobs.</param>
    /// <param name="status">The sweep's status; null if it was not requested.</param>
    public static double Share(JobCounts jobs, SweepStatus? status) =>
        Math.Clamp(status is { Iterations: > 0 } known ? (double)known.IterationsDone / known.Iterations
            : (double)jobs.Completed / Math.Max(1, jobs.Total), 0, 1);
}
