using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>What a spec would run, as <c>sweep plan --json</c> prints it.</summary>
/// <param name="Jobs">The number of jobs.</param>
/// <param name="Packs">The number of packs that they train in.</param>
/// <param name="Iterations">The number of training iterations, with shared iterations counted once.</param>
/// <param name="IterationsOfJobs">The number of training iterations with every job counted by itself, by which progress is
/// measured.</param>
/// <param name="IterationsWithoutSharing">The number of training iterations if rows did not share jobs either.</param>
/// <param name="Cached">The number of jobs that already have a result.</param>
/// <param name="Evaluated">The number of other jobs that train nothing, because an identical job with other targets has trained their
/// prompts.</param>
/// <param name="WorkerSeconds">The approximate time that one worker needs, in seconds; null until a job with this backbone has
/// ended.</param>
/// <param name="MostWorkers">The maximum number of workers that it can use at a time.</param>
/// <param name="Workers">The number of workers on this machine; null on a cluster, where it changes.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Warnings">What is not an error but may not be intended.</param>
public sealed record PlanDocument(int Jobs, int Packs, long Iterations, long IterationsOfJobs, long IterationsWithoutSharing, int Cached,
    int Evaluated, double? WorkerSeconds, int MostWorkers, int? Workers, int[] Seeds, PlanWarning[] Warnings)
{
    /// <summary>Creates it from a plan.</summary>
    /// <param name="preview">The plan.</param>
    /// <param name="workers">The number of workers on this machine; null if not known.</param>
    public static PlanDocument Of(PlanPreview preview, int? workers)
    {
        var (plan, cached, time) = preview;
        return new(plan.JobCount, plan.PackCount, plan.IterationsTrained, plan.Iterations, plan.IterationsWithoutSharing, cached,
            preview.Evaluated, time?.TotalSeconds, plan.MostWorkers, workers, plan.Seeds, plan.Warnings);
    }
}

/// <summary>The sweep that a submission created, or that already existed.</summary>
/// <param name="Sweep">Its id.</param>
public sealed record SubmittedSweep(string Sweep);
