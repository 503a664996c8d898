using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Adds a worker's activities (lease, job, epochs, result) to the trace of the sweep's submission. Without a listener, no activities are
/// created.
/// </summary>
internal static class WorkTraces
{
    /// <summary>Starts the activity for a lease.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="worker">The worker that holds the lease.</param>
    /// <param name="submission"> The trace of the sweep's submission; null if the sweep's grain no longer has it, in which case the lease
    /// starts a new trace. </param>
    public static Activity? Lease(Lease lease, string worker, string? submission)
    {
        ActivityContext.TryParse(submission, null, isRemote: true, out var parent);
        return ClusterTelemetry.Activities.StartActivity("lease", ActivityKind.Consumer, parent)
            ?.SetTag("adaptcluster.sweep", lease.Sweep.Value).SetTag("adaptcluster.pack", lease.Pack.Value)
            .SetTag("adaptcluster.lease", lease.Id.Value).SetTag("adaptcluster.worker", worker);
    }

    /// <summary>Starts the activity for one of the lease's jobs on this thread.</summary>
    public static Activity? Job(JobAssignment job) => ClusterTelemetry.Activities.StartActivity("job")
        ?.SetTag("adaptcluster.job", job.Id.Value).SetTag("adaptcluster.attempt", job.Attempt.Value)
            .SetTag("adaptcluster.method", job.Definition.Method)
        .SetTag("adaptcluster.dataset", job.Definition.Dataset.Name).SetTag("adaptcluster.seed", job.Definition.Seed)
            .SetTag("adaptcluster.resumed", job.Checkpoint is not null);

    /// <summary>Records the epoch that a job has just completed.</summary>
    public static void Epoch(EpochReport epoch)
    {
        using var activity = ClusterTelemetry.Activities.StartActivity("epoch");
        activity?.SetStartTime(activity.StartTimeUtc - epoch.Duration)
            .SetTag("adaptcluster.epoch", epoch.Epoch).SetTag("adaptcluster.iterations", epoch.Iterations)
                .SetTag("adaptcluster.loss", epoch.Loss)
            .SetTag("adaptcluster.context_tokens", epoch.ImageContextTokens + epoch.TextContextTokens);
    }

    /// <summary>Ends a job's activity with the outcome of its report.</summary>
    public static void End(Activity? job, JobReport report)
    {
        if (job is null) return;
        job.SetTag("adaptcluster.outcome", report.Match(_ => "running", _ => "completed", _ => "failed", _ => "returned"));
        if (report.Result is { } result)
            job.SetTag("adaptcluster.validation_correct", result.ValidationCorrect).SetTag("adaptcluster.test_correct", result.TestCorrect);
        if (report.Fault is { } fault) job.SetStatus(ActivityStatusCode.Error, fault.Message);
    }
}
