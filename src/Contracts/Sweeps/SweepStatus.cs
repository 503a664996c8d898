using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A line of <c>sweep list</c>.</summary>
[GenerateSerializer, Immutable, Alias("SweepSummary")]
public sealed record SweepSummary
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>When it was submitted first.</summary>
    [Id(3)] public required DateTimeOffset Submitted { get; init; }

    /// <summary>Its jobs.</summary>
    [Id(4)] public required JobCounts Jobs { get; init; }

    /// <summary>Who submitted it first, as they said; null where they did not.</summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>What somebody has noted of it; null where nobody has.</summary>
    [Id(6)] public string? Note { get; init; }

    /// <summary>Its tags, in order.</summary>
    [Id(7)] public string[] Tags { get; init; } = [];

    /// <summary>When it ended; null while it has not, and for sweeps that a silo of an early version ended.</summary>
    [Id(8)] public DateTimeOffset? Ended { get; init; }
}

/// <summary>A sweep while it runs.</summary>
[GenerateSerializer, Immutable, Alias("SweepStatus")]
public sealed record SweepStatus
{
    /// <summary>Id, state and counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>Training iterations of the whole plan.</summary>
    [Id(1)] public required long Iterations { get; init; }

    /// <summary>Iterations whose epochs have been reported.</summary>
    [Id(2)] public required long IterationsDone { get; init; }

    /// <summary>Iterations a second since this process took the sweep up, over all workers; null before the first report.</summary>
    [Id(3)] public double? IterationsPerSecond { get; init; }

    /// <summary>Time left at that rate; null before the first report.</summary>
    [Id(4)] public TimeSpan? Remaining { get; init; }

    /// <summary>Jobs that train now; the first <see cref="MaxListed"/> of them.</summary>
    [Id(5)] public required JobStatus[] Running { get; init; }

    /// <summary>Jobs that were given up, with their last error; the first <see cref="MaxListed"/> of them.</summary>
    [Id(6)] public required JobStatus[] Failed { get; init; }

    /// <summary>Most jobs that a status lists.</summary>
    public const int MaxListed = 100;

    /// <summary>Higher goes first.</summary>
    [Id(7)] public int Priority { get; init; }

    /// <summary>Most leases at a time; 0 for no limit.</summary>
    [Id(8)] public int Parallel { get; init; }

    /// <summary>Reports that were refused because their attempt was not the job's current one, since the grain was activated.</summary>
    [Id(9)] public long RefusedReports { get; init; }

    /// <summary>Jobs that ran again to check the cache, and whose result differed from the earlier one.</summary>
    [Id(10)] public JobStatus[] CacheMismatches { get; init; } = [];

    /// <summary>The pool that trains it.</summary>
    [Id(11)] public required string Pool { get; init; }

    /// <summary>How many jobs train now, listed or not.</summary>
    [Id(12)] public int RunningJobs { get; init; }

    /// <summary>Why nothing of it runs although it should, and what to do about it; null while it runs or merely waits its turn.</summary>
    [Id(13)] public string? Obstacle { get; init; }

    /// <summary>The trainer version that it was planned for; 0 from older silos.</summary>
    [Id(14)] public int Trainer { get; init; }

    /// <summary>
    /// Iterations a second of each worker, whose sum is <see cref="IterationsPerSecond"/>: one measurement over one time. Empty before that
    /// is known, and from older silos.
    /// </summary>
    [Id(15)] public WorkerPace[] Paces { get; init; } = [];
}

/// <summary>How fast a worker goes.</summary>
/// <param name="Worker">The worker, as <see cref="JobStatus.Worker"/> names it.</param>
/// <param name="IterationsPerSecond">Iterations of all its jobs of the sweep in a second.</param>
[GenerateSerializer, Immutable, Alias("WorkerPace")]
public sealed record WorkerPace([property: Id(0)] string Worker, [property: Id(1)] double IterationsPerSecond);

/// <summary>A job that trains or has failed.</summary>
[GenerateSerializer, Immutable, Alias("JobStatus")]
public sealed record JobStatus
{
    /// <summary>Its id.</summary>
    [Id(0)] public required JobId Id { get; init; }

    /// <summary>What it is, such as "adapt snip T=12 · tiny-kinds · seed 1".</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>The current attempt, from 1; 0 before the first.</summary>
    [Id(3)] public required AttemptNumber Attempt { get; init; }

    /// <summary>Epochs reported.</summary>
    [Id(4)] public required int Epoch { get; init; }

    /// <summary>Epochs in all.</summary>
    [Id(5)] public required int Epochs { get; init; }

    /// <summary>Mean loss of the last epoch reported.</summary>
    [Id(6)] public double? Loss { get; init; }

    /// <summary>Live context tokens after the last epoch reported.</summary>
    [Id(7)] public int? ContextTokens { get; init; }

    /// <summary>The last error.</summary>
    [Id(8)] public string? Error { get; init; }

    /// <summary>Who runs it, or ran it last.</summary>
    [Id(9)] public string? Worker { get; init; }

    /// <summary>Training iterations of all its epochs; 0 for a job that does not train.</summary>
    [Id(10)] public int Iterations { get; init; }
}
