using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A row of <c>sweep list</c>.</summary>
[GenerateSerializer, Immutable, Alias("SweepSummary")]
public sealed record SweepSummary
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>Its state.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>When it was first submitted.</summary>
    [Id(3)] public required DateTimeOffset Submitted { get; init; }

    /// <summary>The numbers of its jobs.</summary>
    [Id(4)] public required JobCounts Jobs { get; init; }

    /// <summary>Who first submitted it, as the client stated; null if it stated none.</summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>A note by a user; null if there is none.</summary>
    [Id(6)] public string? Note { get; init; }

    /// <summary>Its tags, in ordinal order.</summary>
    [Id(7)] public string[] Tags { get; init; } = [];

    /// <summary>When it ended; null if it has not, and for sweeps ended by a silo of an early version.</summary>
    [Id(8)] public DateTimeOffset? Ended { get; init; }
}

/// <summary>The progress of a sweep.</summary>
[GenerateSerializer, Immutable, Alias("SweepStatus")]
public sealed record SweepStatus
{
    /// <summary>Its id, state and counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>The number of training iterations of the whole plan.</summary>
    [Id(1)] public required long Iterations { get; init; }

    /// <summary>The number of iterations in the epochs reported so far.</summary>
    [Id(2)] public required long IterationsDone { get; init; }

    /// <summary>Iterations per second over all workers, since this process loaded the sweep; null before the first report.</summary>
    [Id(3)] public double? IterationsPerSecond { get; init; }

    /// <summary>The estimated time left; null before the first report.</summary>
    [Id(4)] public TimeSpan? Remaining { get; init; }

    /// <summary>Jobs that are training now; the first <see cref="MaxListed"/> of them.</summary>
    [Id(5)] public required JobStatus[] Running { get; init; }

    /// <summary>Failed jobs with their last error; the first <see cref="MaxListed"/> of them.</summary>
    [Id(6)] public required JobStatus[] Failed { get; init; }

    /// <summary>The maximum number of jobs that a status lists.</summary>
    public const int MaxListed = 100;

    /// <summary>The priority. Sweeps with a higher priority go first.</summary>
    [Id(7)] public int Priority { get; init; }

    /// <summary>The maximum number of leases at a time; 0 for no limit.</summary>
    [Id(8)] public int Parallel { get; init; }

    /// <summary>The number of reports refused since the grain was activated because their attempt was not the job's current one.</summary>
    [Id(9)] public long RefusedReports { get; init; }

    /// <summary>Jobs that ran again to verify the cache and whose result differed from the cached one.</summary>
    [Id(10)] public JobStatus[] CacheMismatches { get; init; } = [];

    /// <summary>The pool that trains it.</summary>
    [Id(11)] public required string Pool { get; init; }

    /// <summary>The number of jobs that are training now, listed or not.</summary>
    [Id(12)] public int RunningJobs { get; init; }

    /// <summary>Why none of it runs although it should, and what to do about it; null if it runs or only waits for its turn.</summary>
    [Id(13)] public string? Obstacle { get; init; }

    /// <summary>The trainer version that it was planned for; 0 from older silos.</summary>
    [Id(14)] public int Trainer { get; init; }

    /// <summary>
    /// Iterations per second of each worker. Their sum is <see cref="IterationsPerSecond"/>, because all are measured over the same time.
    /// Empty until they are known, and from older silos.
    /// </summary>
    [Id(15)] public WorkerPace[] Paces { get; init; } = [];
}

/// <summary>The speed of a worker.</summary>
/// <param name="Worker">The worker's name, as in <see cref="JobStatus.Worker"/>.</param>
/// <param name="IterationsPerSecond">Iterations per second over all its jobs of the sweep.</param>
[GenerateSerializer, Immutable, Alias("WorkerPace")]
public sealed record WorkerPace([property: Id(0)] string Worker, [property: Id(1)] double IterationsPerSecond);

/// <summary>The state and progress of a job.</summary>
[GenerateSerializer, Immutable, Alias("JobStatus")]
public sealed record JobStatus
{
    /// <summary>Its id.</summary>
    [Id(0)] public required JobId Id { get; init; }

    /// <summary>A description, such as "adapt snip T=12 · tiny-kinds · seed 1".</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>Its state.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>The current attempt, from 1; 0 before the first.</summary>
    [Id(3)] public required AttemptNumber Attempt { get; init; }

    /// <summary>The number of epochs reported.</summary>
    [Id(4)] public required int Epoch { get; init; }

    /// <summary>The number of all its epochs.</summary>
    [Id(5)] public required int Epochs { get; init; }

    /// <summary>Mean loss of the last epoch reported.</summary>
    [Id(6)] public double? Loss { get; init; }

    /// <summary>Live context tokens after the last epoch reported.</summary>
    [Id(7)] public int? ContextTokens { get; init; }

    /// <summary>The last error.</summary>
    [Id(8)] public string? Error { get; init; }

    /// <summary>The worker that runs it, or ran it last.</summary>
    [Id(9)] public string? Worker { get; init; }

    /// <summary>The number of training iterations of all its epochs; 0 for a job that does not train.</summary>
    [Id(10)] public int Iterations { get; init; }
}
