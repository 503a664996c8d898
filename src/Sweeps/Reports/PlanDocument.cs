using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>A preview of the work that a spec describes, as <c>sweep plan --json</c> prints it.</summary>
/// <param name="Jobs">The number of jobs.</param>
/// <param name="Packs">The number of packs that the jobs train in.</param>
/// <param name="Iterations">The number of training iterations, with shared iterations counted once.</param>
/// <param name="IterationsOfJobs">The number of training iterations with each job counted separately. Progress is measured against this
/// number.</param>
/// <param name="IterationsWithoutSharing">The number of training iterations if rows did not share jobs and jobs did not share
/// iterations.</param>
/// <param name="Cached">The number of jobs that already have a result.</param>
/// <param name="Evaluated">The number of jobs without a result that are only evaluated, because an identical job with other targets has
/// already trained their prompts.</param>
/// <param name="WorkerSeconds">The approximate time that one worker needs, in seconds; null until a job with this backbone has
/// finished.</param>
/// <param name="MostWorkers">The maximum number of workers that the sweep can use at the same time.</param>
/// <param name="Workers">The number of workers on this machine; null on a cluster, where the number changes.</param>
/// <param name="Seeds">The seeds.</param>
/// <param name="Warnings">The warnings about valid but possibly unintended parts of the spec.</param>
public sealed record PlanDocument(int Jobs, int Packs, long Iterations, long IterationsOfJobs, long IterationsWithoutSharing, int Cached,
    int Evaluated, double? WorkerSeconds, int MostWorkers, int? Workers, int[] Seeds, PlanWarning[] Warnings)
{
    /// <summary>Creates the document from a plan.</summary>
    /// <param name="preview">The plan.</param>
    /// <param name="workers">The number of workers on this machine; null if it is not known.</param>
    public static PlanDocument Of(PlanPreview preview, int? workers)
    {
        var (plan, cached, time) = preview;
        return new(plan.JobCount, plan.PackCount, plan.IterationsTrained, plan.Iterations, plan.IterationsWithoutSharing, cached,
            preview.Evaluated, time?.TotalSeconds, plan.MostWorkers, workers, plan.Seeds, plan.Warnings);
    }
}

/// <summary>The sweep that a submission created, or that already existed.</summary>
/// <param name="Sweep">The sweep's id.</param>
public sealed record SubmittedSweep(string Sweep);
