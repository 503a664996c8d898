using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>How far a sweep is.</summary>
public static class WorkDone
{
    /// <summary>The share of the work that is done, 0 to 1: of the iterations where they are known, else of the jobs.</summary>
    /// <param name="jobs">Counts of the sweep's jobs.</param>
    /// <param name="status">The sweep's status; null where nobody asked for it.</param>
    public static double Share(JobCounts jobs, SweepStatus? status) =>
        Math.Clamp(status is { Iterations: > 0 } known ? (double)known.IterationsDone / known.Iterations
            : (double)jobs.Completed / Math.Max(1, jobs.Total), 0, 1);
}
