using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A result that the store has accepted.</summary>
/// <param name="Position">The job's position in the plan.</param>
/// <param name="Result">What it found, without prompts.</param>
[GenerateSerializer, Immutable, Alias("JobOutcome")]
public sealed record JobOutcome([property: Id(0)] JobPosition Position, [property: Id(1)] JobResult Result);

/// <summary>One job with everything that is known of it.</summary>
[GenerateSerializer, Immutable, Alias("JobDetail")]
public sealed record JobDetail
{
    /// <summary>Id, state, progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>What it computes, every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>The parts of the cache key by name: equal parts, equal result.</summary>
    [Id(2)] public required SortedDictionary<string, string> Key { get; init; }

    /// <summary>The sweep whose result it took over; null when it ran itself, or has no result.</summary>
    [Id(3)] public string? CachedFrom { get; init; }

    /// <summary>Its attempts, the current one included.</summary>
    [Id(4)] public required JobAttempt[] Attempts { get; init; }

    /// <summary>What it found; null without a result.</summary>
    [Id(5)] public JobResult? Result { get; init; }

    /// <summary>Of the other sweeps' finished jobs, the one whose key differs least; null where nobody asked for it.</summary>
    [Id(6)] public CacheMiss? Nearest { get; init; }
}

/// <summary>One execution of a job.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Worker">Who ran it.</param>
/// <param name="Started">When it began.</param>
/// <param name="Ended">When it ended; null while it runs.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="Fault">Why, for one that failed or was lost.</param>
/// <param name="Environment">What it ran on.</param>
[GenerateSerializer, Immutable, Alias("JobAttempt")]
public sealed record JobAttempt(
    [property: Id(0)] AttemptNumber Number, [property: Id(1)] string Worker, [property: Id(2)] DateTimeOffset Started,
    [property: Id(3)] DateTimeOffset? Ended,
    [property: Id(4)] AttemptOutcome Outcome, [property: Id(5)] string? Fault, [property: Id(6)] RunEnvironment? Environment);

/// <summary>The beginning or the end of an attempt.</summary>
/// <param name="Time">When the store heard of it.</param>
/// <param name="Job">The job.</param>
/// <param name="Description">What the job is.</param>
/// <param name="Attempt">Its number, from 1.</param>
/// <param name="Worker">Who ran it.</param>
/// <param name="Outcome">How it ended; <see cref="AttemptOutcome.Open"/> for its beginning.</param>
/// <param name="Fault">Why, for one that failed, was lost or was handed back.</param>
[GenerateSerializer, Immutable, Alias("AttemptEvent")]
public sealed record AttemptEvent(
    [property: Id(0)] DateTimeOffset Time, [property: Id(1)] JobId Job, [property: Id(2)] string Description,
    [property: Id(3)] AttemptNumber Attempt, [property: Id(4)] string Worker, [property: Id(5)] AttemptOutcome Outcome,
    [property: Id(6)] string? Fault)
{
    /// <summary>Most events of one answer.</summary>
    public const int MaxListed = 10_000;
}

/// <summary>A finished job of another sweep that is nearly the same.</summary>
/// <param name="Sweep">The other sweep.</param>
/// <param name="Job">The other job.</param>
/// <param name="Differences">Part of the key, by name: this job's value and the other's.</param>
[GenerateSerializer, Immutable, Alias("CacheMiss")]
public sealed record CacheMiss([property: Id(0)] string Sweep, [property: Id(1)] JobId Job,
    [property: Id(2)] SortedDictionary<string, string[]> Differences);
