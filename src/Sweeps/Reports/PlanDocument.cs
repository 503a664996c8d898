using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>What a spec would run, as <c>sweep plan --json</c> prints it.</summary>
/// <param name="Jobs">Its jobs.</param>
/// <param name="Packs">The packs that they train in.</param>
/// <param name="Iterations">Training iterations, each shared one once.</param>
/// <param name="IterationsOfJobs">The same in the jobs' own count, by which progress goes.</param>
/// <param name="IterationsWithoutSharing">The same if rows did not share jobs either.</param>
/// <param name="Cached">Jobs with a result already.</param>
/// <param name="WorkerSeconds">About how long one worker takes; null before a job with this backbone has ended.</param>
/// <param name="MostWorkers">Most workers that it can use at a time.</param>
/// <param name="Workers">Workers here; null on a cluster, where they come and go.</param>
/// <param name="Seeds">Its seeds.</param>
/// <param name="Warnings">What is not an error and may not be meant.</param>
public sealed record PlanDocument(int Jobs, int Packs, long Iterations, long IterationsOfJobs, long IterationsWithoutSharing, int Cached,
    double? WorkerSeconds, int MostWorkers, int? Workers, int[] Seeds, PlanWarning[] Warnings)
{
    /// <summary>That of a plan.</summary>
    /// <param name="preview">The plan.</param>
    /// <param name="workers">Workers here; null where nobody can say.</param>
    public static PlanDocument Of(PlanPreview preview, int? workers)
    {
        var (plan, cached, time) = preview;
        return new(plan.JobCount, plan.PackCount, plan.IterationsTrained, plan.Iterations, plan.IterationsWithoutSharing, cached,
            time?.TotalSeconds, plan.MostWorkers, workers, plan.Seeds, plan.Warnings);
    }
}

/// <summary>The sweep that a submission made, or that was there already.</summary>
/// <param name="Sweep">Its id.</param>
public sealed record SubmittedSweep(string Sweep);
