using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// What a worker says of one attempt: that an epoch ended, or that the attempt ended by a result, by a fault or by its return unharmed. It
/// says one of these four, and <see cref="Match"/> asks for an answer to each.
/// </summary>
[GenerateSerializer, Immutable, Alias("JobReport")]
public sealed record JobReport
{
    private JobReport(JobPosition position, AttemptNumber attempt) => (Position, Attempt) = (position, attempt);

    /// <summary>The job's position in the plan.</summary>
    [Id(0)] public JobPosition Position { get; private init; }

    /// <summary>The fencing token.</summary>
    [Id(1)] public AttemptNumber Attempt { get; private init; }

    /// <summary>The epoch that ended, where the attempt goes on.</summary>
    [Id(2)] public EpochReport? Epoch { get; private init; }

    /// <summary>What the job found, where it completed.</summary>
    [Id(3)] public JobResult? Result { get; private init; }

    /// <summary>Why the attempt ended without a result, where it failed.</summary>
    [Id(4)] public JobFault? Fault { get; private init; }

    /// <summary>Of an attempt that is handed back: the state after its last iteration; null keeps the one there is.</summary>
    [Id(5)] public byte[]? Checkpoint { get; private init; }

    /// <summary>Bytes of what the report brings for the store.</summary>
    public long ContentBytes => (Checkpoint?.LongLength ?? 0) + (Epoch?.Checkpoint.LongLength ?? 0)
        + (Result?.Prompts?.LongLength ?? 0) + (Result?.Predictions?.LongLength ?? 0);

    /// <summary>An epoch ended; the attempt goes on.</summary>
    public static JobReport EpochDone(JobPosition position, AttemptNumber attempt, EpochReport epoch) =>
        new(position, attempt) { Epoch = epoch };

    /// <summary>The job found its result.</summary>
    public static JobReport Completed(JobPosition position, AttemptNumber attempt, JobResult result) =>
        new(position, attempt) { Result = result };

    /// <summary>The attempt ended without a result.</summary>
    public static JobReport Failed(JobPosition position, AttemptNumber attempt, JobFault fault) =>
        new(position, attempt) { Fault = fault };

    /// <summary>The attempt is handed back.</summary>
    /// <param name="position">The job's position in the plan.</param>
    /// <param name="attempt">The fencing token.</param>
    /// <param name="checkpoint">The state after its last iteration; null keeps the one there is.</param>
    public static JobReport Returned(JobPosition position, AttemptNumber attempt, byte[]? checkpoint = null) =>
        new(position, attempt) { Checkpoint = checkpoint };

    /// <summary>An answer by what the report says.</summary>
    public T Match<T>(Func<EpochReport, T> epochDone, Func<JobResult, T> completed, Func<JobFault, T> failed, Func<byte[]?, T> returned) =>
        this switch
        {
            { Epoch: { } epoch } => epochDone(epoch),
            { Result: { } result } => completed(result),
            { Fault: { } fault } => failed(fault),
            _ => returned(Checkpoint),
        };
}
