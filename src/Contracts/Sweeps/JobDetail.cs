using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A result that the store has accepted.</summary>
/// <param name="Position">The job's position in the plan.</param>
/// <param name="Result">The result, without prompts.</param>
[GenerateSerializer, Immutable, Alias("JobOutcome")]
public sealed record JobOutcome([property: Id(0)] JobPosition Position, [property: Id(1)] JobResult Result);

/// <summary>One job with everything that is known about it.</summary>
[GenerateSerializer, Immutable, Alias("JobDetail")]
public sealed record JobDetail
{
    /// <summary>Its id, state and progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>Its definition, with every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>The components of the cache key, by name. Jobs with equal components have the same result.</summary>
    [Id(2)] public required SortedDictionary<string, string> Key { get; init; }

    /// <summary>The sweep whose result it reused; null if it ran itself or has no result.</summary>
    [Id(3)] public string? CachedFrom { get; init; }

    /// <summary>Its attempts, including the current one.</summary>
    [Id(4)] public required JobAttempt[] Attempts { get; init; }

    /// <summary>Its result; null if it has none.</summary>
    [Id(5)] public JobResult? Result { get; init; }

    /// <summary>The finished job of another sweep whose cache key differs least; null if it was not asked for.</summary>
    [Id(6)] public CacheMiss? Nearest { get; init; }
}

/// <summary>One execution of a job.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="Worker">The worker that ran it.</param>
/// <param name="Started">When it started.</param>
/// <param name="Ended">When it ended; null while it is running.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Fault">Why it failed or was lost; null otherwise.</param>
/// <param name="Environment">What it ran on.</param>
[GenerateSerializer, Immutable, Alias("JobAttempt")]
public sealed record JobAttempt(
    [property: Id(0)] AttemptNumber Number, [property: Id(1)] string Worker, [property: Id(2)] DateTimeOffset Started,
    [property: Id(3)] DateTimeOffset? Ended,
    [property: Id(4)] AttemptOutcome Outcome, [property: Id(5)] string? Fault, [property: Id(6)] RunEnvironment? Environment);

/// <summary>The start or the end of an attempt.</summary>
/// <param name="Time">When the store recorded it.</param>
/// <param name="Job">The job.</param>
/// <param name="Description">A description of the job.</param>
/// <param name="Attempt">The attempt's number, from 1.</param>
/// <param name="Worker">The worker that ran it.</param>
/// <param name="Outcome">How it ended; <see cref="AttemptOutcome.Open"/> for a start.</param>
/// <param name="Fault">Why it failed, was lost or was handed back; null otherwise.</param>
[GenerateSerializer, Immutable, Alias("AttemptEvent")]
public sealed record AttemptEvent(
    [property: Id(0)] DateTimeOffset Time, [property: Id(1)] JobId Job, [property: Id(2)] string Description,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] string Worker, [property: Id(5)] AttemptOutcome Outcome,
    [property: Id(6)] string? Fault)
{
    /// <summary>The maximum number of events in one answer.</summary>
    public const int MaxListed = 10_000;
}

/// <summary>A finished job of another sweep that is nearly the same as a job.</summary>
/// <param name="Sweep">The other sweep.</param>
/// <param name="Job">The other job.</param>
/// <param name="Differences">The components of the cache key that differ, by name: this job's value and the other's.</param>
[GenerateSerializer, Immutable, Alias("CacheMiss")]
public sealed record CacheMiss([property: Id(0)] string Sweep, [property: Id(1)] JobId Job,
    [property: Id(2)] SortedDictionary<string, string[]> Differences);
