using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A result that the store has accepted.</summary>
/// <param name="Position">The job's position in the plan.</param>
/// <param name="Result">The result, without prompts.</param>
[GenerateSerializer, Immutable, Alias("JobOutcome")]
public sealed record JobOutcome([property: Id(0)] JobPosition Position, [property: Id(1)] JobResult Result);

/// <summary>The details of one job: its definition, attempts and result.</summary>
[GenerateSerializer, Immutable, Alias("JobDetail")]
public sealed record JobDetail
{
    /// <summary>The job's id, state and progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>The job's definition, with every default filled in.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>The components of the cache key, keyed by name. Jobs with equal components have the same result.</summary>
    [Id(2)] public required SortedDictionary<string, string> Key { get; init; }

    /// <summary>The sweep whose result the job reused; null if the job ran itself or has no result.</summary>
    [Id(3)] public string? CachedFrom { get; init; }

    /// <summary>The job's attempts, including the current one.</summary>
    [Id(4)] public required JobAttempt[] Attempts { get; init; }

    /// <summary>The job's result; null if there is none.</summary>
    [Id(5)] public JobResult? Result { get; init; }

    /// <summary>The finished job of another sweep with the closest cache key; null if it was not requested.</summary>
    [Id(6)] public CacheMiss? Nearest { get; init; }
}

/// <summary>One execution of a job.</summary>
/// <param name="Number">The attempt's number, starting at 1.</param>
/// <param name="Worker">The worker that ran the attempt.</param>
/// <param name="Started">The start time.</param>
/// <param name="Ended">The end time; null while the attempt is running.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Fault">The reason why the attempt failed or was lost; null otherwise.</param>
/// <param name="Environment">The environment that the attempt ran in.</param>
[GenerateSerializer, Immutable, Alias("JobAttempt")]
public sealed record JobAttempt(
    [property: Id(0)] AttemptNumber Number, [property: Id(1)] string Worker, [property: Id(2)] DateTimeOffset Started,
    [property: Id(3)] DateTimeOffset? Ended,
    [property: Id(4)] AttemptOutcome Outcome, [property: Id(5)] string? Fault, [property: Id(6)] RunEnvironment? Environment);

/// <summary>The start or the end of an attempt.</summary>
/// <param name="Time">The time when the store recorded the event.</param>
/// <param name="Job">The job.</param>
/// <param name="Description">A description of the job.</param>
/// <param name="Attempt">The attempt's number, starting at 1.</param>
/// <param name="Worker">The worker that ran the attempt.</param>
/// <param name="Outcome">The outcome of the attempt; <see cref="AttemptOutcome.Open"/> for a start.</param>
/// <param name="Fault">The reason why the attempt failed, was lost or was handed back; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("AttemptEvent")]
public sealed record AttemptEvent(
    [property: Id(0)] DateTimeOffset Time, [property: Id(1)] JobId Job, [property: Id(2)] string Description,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] string Worker, [property: Id(5)] AttemptOutcome Outcome,
    [property: Id(6)] string? Fault)
{
    /// <summary>The maximum number of events in one response.</summary>
    public const int MaxListed = 10_000;
}

/// <summary>A finished job of another sweep that is nearly identical to a given job.</summary>
/// <param name="Sweep">The other sweep.</param>
/// <param name="Job">The other job.</param>
/// <param name="Differences">The components of the cache key that differ, keyed by name. Each entry holds the given job's value and the
/// other job's value.</param>
[GenerateSerializer, Immutable, Alias("CacheMiss")]
public sealed record CacheMiss([property: Id(0)] string Sweep, [property: Id(1)] JobId Job,
    [property: Id(2)] SortedDictionary<string, string[]> Differences);
