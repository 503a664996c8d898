using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// What a worker reports about one attempt: that an epoch ended, or that the attempt ended with a result, with a fault, or by being handed
/// back. A report is exactly one of these four; <see cref="Match"/> handles each.
/// </summary>
[GenerateSerializer, Immutable, Alias("JobReport")]
public sealed record JobReport
{
    private JobReport(JobPosition position, AttemptNumber attempt) => (Position, Attempt) = (position, attempt);

    /// <summary>The job's position in the plan.</summary>
    [Id(0)] public JobPosition Position { get; private init; }

    /// <summary>The fencing token.</summary>
    [Id(1)] public AttemptNumber Attempt { get; private init; }

    /// <summary>The epoch that ended; null for other reports.</summary>
    [Id(2)] public EpochReport? Epoch { get; private init; }

    /// <summary>The job's result; null for other reports.</summary>
    [Id(3)] public JobResult? Result { get; private init; }

    /// <summary>Why the attempt ended without a result; null for other reports.</summary>
    [Id(4)] public JobFault? Fault { get; private init; }

    /// <summary>
    /// For an attempt that is handed back: the state after its last iteration. Null keeps the checkpoint that the store has.
    /// </summary>
    [Id(5)] public byte[]? Checkpoint { get; private init; }

    /// <summary>The number of bytes in the report that the store keeps.</summary>
    public long ContentBytes => (Checkpoint?.LongLength ?? 0) + (Epoch?.Checkpoint.LongLength ?? 0)
        + (Result?.Prompts?.LongLength ?? 0) + (Result?.Predictions?.LongLength ?? 0);

    /// <summary>Creates the report that an epoch ended and the attempt continues.</summary>
    public static JobReport EpochDone(JobPosition position, AttemptNumber attempt, EpochReport epoch) =>
        new(position, attempt) { Epoch = epoch };

    /// <summary>Creates the report that the job has a result.</summary>
    public static JobReport Completed(JobPosition position, AttemptNumber attempt, JobResult result) =>
        new(position, attempt) { Result = result };

    /// <summary>Creates the report that the attempt ended without a result.</summary>
    public static JobReport Failed(JobPosition position, AttemptNumber attempt, JobFault fault) =>
        new(position, attempt) { Fault = fault };

    /// <summary>Creates the report that the attempt is handed back.</summary>
    /// <param name="position">The job's position in the plan.</param>
    /// <param name="attempt">The fencing token.</param>
    /// <param name="checkpoint">The state after its last iteration; null keeps the checkpoint that the store has.</param>
    public static JobReport Returned(JobPosition position, AttemptNumber attempt, byte[]? checkpoint = null) =>
        new(position, attempt) { Checkpoint = checkpoint };

    /// <summary>Calls the function for this kind of report and returns its answer.</summary>
    public T Match<T>(Func<EpochReport, T> epochDone, Func<JobResult, T> completed, Func<JobFault, T> failed, Func<byte[]?, T> returned) =>
        this switch
        {
            { Epoch: { } epoch } => epochDone(epoch),
            { Result: { } result } => completed(result),
            { Fault: { } fault } => failed(fault),
            _ => returned(Checkpoint),
        };
}
