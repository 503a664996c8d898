using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// A worker's report about one attempt. The attempt finished an epoch, ended with a result, ended with a fault, or was handed back.
/// <see cref="Match"/> distinguishes these four kinds.
/// </summary>
[GenerateSerializer, Immutable, Alias("JobReport")]
public sealed record JobReport
{
    private JobReport(JobPosition position, AttemptNumber attempt) => (Position, Attempt) = (position, attempt);

    /// <summary>The job's position in the plan.</summary>
    [Id(0)] public JobPosition Position { get; private init; }

    /// <summary>The attempt's number, which serves as the fencing token.</summary>
    [Id(1)] public AttemptNumber Attempt { get; private init; }

    /// <summary>The epoch that ended; null for other reports.</summary>
    [Id(2)] public EpochReport? Epoch { get; private init; }

    /// <summary>The job's result; null for other reports.</summary>
    [Id(3)] public JobResult? Result { get; private init; }

    /// <summary>The fault that ended the attempt; null for other reports.</summary>
    [Id(4)] public JobFault? Fault { get; private init; }

    /// <summary>
    /// The state after the last iteration of an attempt that is handed back. If null, the store keeps its existing checkpoint.
    /// </summary>
    [Id(5)] public byte[]? Checkpoint { get; private init; }

    /// <summary>The total size of the report's checkpoints, prompts and predictions, in bytes.</summary>
    public long ContentBytes => (Checkpoint?.LongLength ?? 0) + (Epoch?.Checkpoint.LongLength ?? 0)
        + (Result?.Prompts?.LongLength ?? 0) + (Result?.Predictions?.LongLength ?? 0);

    /// <summary>Creates a report that an epoch has ended and the attempt continues.</summary>
    public static JobReport EpochDone(JobPosition position, AttemptNumber attempt, EpochReport epoch) =>
        new(position, attempt) { Epoch = epoch };

    /// <summary>Creates a report that the attempt ended with a result.</summary>
    public static JobReport Completed(JobPosition position, AttemptNumber attempt, JobResult result) =>
        new(position, attempt) { Result = result };

    /// <summary>Creates a report that the attempt ended with a fault.</summary>
    public static JobReport Failed(JobPosition position, AttemptNumber attempt, JobFault fault) =>
        new(position, attempt) { Fault = fault };

    /// <summary>Creates a report that the attempt is handed back.</summary>
    /// <param name="position">The job's position in the plan.</param>
    /// <param name="attempt">The attempt's number, which serves as the fencing token.</param>
    /// <param name="checkpoint">The state after the last iteration; null to keep the checkpoint in the store.</param>
    public static JobReport Returned(JobPosition position, AttemptNumber attempt, byte[]? checkpoint = null) =>
        new(position, attempt) { Checkpoint = checkpoint };

    /// <summary>Calls the function that handles this kind of report and returns its result.</summary>
    public T Match<T>(Func<EpochReport, T> epochDone, Func<JobResult, T> completed, Func<JobFault, T> failed, Func<byte[]?, T> returned) =>
        this switch
        {
            { Epoch: { } epoch } => epochDone(epoch),
            { Result: { } result } => completed(result),
            { Fault: { } fault } => failed(fault),
            _ => returned(Checkpoint),
        };
}
