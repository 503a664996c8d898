using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage;

/// <summary>Converts stored jobs to the records that clients display.</summary>
internal static class TrackedJob
{
    /// <summary>Converts a job's row to its status.</summary>
    public static JobStatus From(JobEntity row, SweepPlan plan) => Describe(new(row.Position), new JobId(row.JobId), plan) with
    {
        State = row.State,
        Attempt = new(row.Attempt),
        Epoch = row.Epoch,
        Loss = row.Loss,
        ContextTokens = row.ContextTokens ?? TokensOf(row, plan),
        Error = row.Error,
        Worker = row.Worker,
    };

    /// <summary>
    /// Returns the final number of context tokens from a job's result; null if the job has no result or does not train. It is needed for
    /// jobs that reused a result, because they have no epochs that report the number.
    /// </summary>
    private static int? TokensOf(JobEntity row, SweepPlan plan) => row.Result is { } result
        && plan.Group(new(row.Position)).Definition.Epochs > 0 ? result.ImageContextTokens + result.TextContextTokens : null;

    /// <summary>Converts a job's row to a row of a list.</summary>
    public static JobRow Row(JobEntity row, SweepPlan plan)
    {
        var definition = plan.Group(new(row.Position)).Definition;
        var result = row.Result;
        return new JobRow
        {
            Status = From(row, plan),
            Dataset = definition.Dataset.Name,
            Method = definition.Method,
            CachedFrom = row.CachedFrom,
            TestAccuracy = result is null ? null : Accuracy.Percent(result.TestCorrect, result.TestTotal),
            ValidationAccuracy = result is null ? null : Accuracy.Percent(result.ValidationCorrect, result.ValidationTotal),
            Faults = row.Faults,
            Duration = result?.Duration,
        };
    }

    /// <summary>Returns the status of a planned job that has not started yet.</summary>
    public static JobStatus Describe(JobPosition position, JobId id, SweepPlan plan)
    {
        var definition = plan.Definition(position);
        return new JobStatus
        {
            Id = id,
            Description = PlannedNames.Of(plan).Job(position),
            State = JobState.Queued,
            Attempt = default,
            Epoch = 0,
            Epochs = definition.Epochs,
            Iterations = plan.Group(position).Iterations,
        };
    }
}
