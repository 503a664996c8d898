using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>Computes the completed share of a sweep.</summary>
public static class WorkDone
{
    /// <summary>
    /// Returns the fraction of the work that is done, from 0 to 1. It is measured in iterations if they are known, otherwise in jobs.
    /// </summary>
    /// <param name="jobs">The sweep's job counts.</param>
    /// <param name="status">The sweep's status; null if it was not requested.</param>
    public static double Share(JobCounts jobs, SweepStatus? status) =>
        Math.Clamp(status is { Iterations: > 0 } known ? (double)known.IterationsDone / known.Iterations
            : (double)jobs.Completed / Math.Max(1, jobs.Total), 0, 1);
}
