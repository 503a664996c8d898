using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// What a worker writes into the trace of a sweep's submission: lease, job, epochs, result. Nothing is made while nobody listens.
/// </summary>
internal static class WorkTraces
{
    /// <summary>A lease begins.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="worker">Who has it.</param>
    /// <param name="submission">Where the sweep was submitted, as its grain remembers; null where it does not: the lease then begins a
    /// trace.</param>
    public static Activity? Lease(Lease lease, string worker, string? submission)
    {
        ActivityContext.TryParse(submission, null, isRemote: true, out var parent);
        return ClusterTelemetry.Activities.StartActivity("lease", ActivityKind.Consumer, parent)
            ?.SetTag("adaptcluster.sweep", lease.Sweep.Value).SetTag("adaptcluster.pack", lease.Pack.Value)
            .SetTag("adaptcluster.lease", lease.Id.Value).SetTag("adaptcluster.worker", worker);
    }

    /// <summary>A job of the lease begins on this thread.</summary>
    public static Activity? Job(JobAssignment job) => ClusterTelemetry.Activities.StartActivity("job")
        ?.SetTag("adaptcluster.job", job.Id.Value).SetTag("adaptcluster.attempt", job.Attempt.Value)
            .SetTag("adaptcluster.method", job.Definition.Method)
        .SetTag("adaptcluster.dataset", job.Definition.Dataset.Name).SetTag("adaptcluster.seed", job.Definition.Seed)
            .SetTag("adaptcluster.resumed", job.Checkpoint is not null);

    /// <summary>An epoch of the job has just ended.</summary>
    public static void Epoch(EpochReport epoch)
    {
        using var activity = ClusterTelemetry.Activities.StartActivity("epoch");
        activity?.SetStartTime(activity.StartTimeUtc - epoch.Duration)
            .SetTag("adaptcluster.epoch", epoch.Epoch).SetTag("adaptcluster.iterations", epoch.Iterations)
                .SetTag("adaptcluster.loss", epoch.Loss)
            .SetTag("adaptcluster.context_tokens", epoch.ImageContextTokens + epoch.TextContextTokens);
    }

    /// <summary>A job ends as its report says.</summary>
    public static void End(Activity? job, JobReport report)
    {
        if (job is null) return;
        job.SetTag("adaptcluster.outcome", report.Match(_ => "running", _ => "completed", _ => "failed", _ => "returned"));
        if (report.Result is { } result)
            job.SetTag("adaptcluster.validation_correct", result.ValidationCorrect).SetTag("adaptcluster.test_correct", result.TestCorrect);
        if (report.Fault is { } fault) job.SetStatus(ActivityStatusCode.Error, fault.Message);
    }
}
