using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>One row of <c>sweep list</c>.</summary>
[GenerateSerializer, Immutable, Alias("SweepSummary")]
public sealed record SweepSummary
{
    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Id { get; init; }

    /// <summary>The sweep's name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The sweep's state.</summary>
    [Id(2)] public required SweepState State { get; init; }

    /// <summary>The time of the first submission.</summary>
    [Id(3)] public required DateTimeOffset Submitted { get; init; }

    /// <summary>The sweep's job counts.</summary>
    [Id(4)] public required JobCounts Jobs { get; init; }

    /// <summary>The name of the first submitter, as sent by the client; null if the client sent none.</summary>
    [Id(5)] public string? SubmittedBy { get; init; }

    /// <summary>A note by a user; null if there is none.</summary>
    [Id(6)] public string? Note { get; init; }

    /// <summary>The sweep's tags, in ordinal order.</summary>
    [Id(7)] public string[] Tags { get; init; } = [];

    /// <summary>The time when the sweep ended. Null if it has not ended, or if a silo of an early version ended it.</summary>
    [Id(8)] public DateTimeOffset? Ended { get; init; }
}

/// <summary>The progress of a sweep.</summary>
[GenerateSerializer, Immutable, Alias("SweepStatus")]
public sealed record SweepStatus
{
    /// <summary>The sweep's id, state and job counts.</summary>
    [Id(0)] public required SweepSummary Summary { get; init; }

    /// <summary>The number of training iterations in the whole plan.</summary>
    [Id(1)] public required long Iterations { get; init; }

    /// <summary>The number of iterations in the epochs reported so far.</summary>
    [Id(2)] public required long IterationsDone { get; init; }

    /// <summary>
    /// The iterations per second of all workers together, measured since this process loaded the sweep; null before the first report.
    /// </summary>
    [Id(3)] public double? IterationsPerSecond { get; init; }

    /// <summary>The estimated time left; null before the first report.</summary>
    [Id(4)] public TimeSpan? Remaining { get; init; }

    /// <summary>The jobs that are training now; at most <see cref="MaxListed"/>.</summary>
    [Id(5)] public required JobStatus[] Running { get; init; }

    /// <summary>The failed jobs, each with its last error; at most <see cref="MaxListed"/>.</summary>
    [Id(6)] public required JobStatus[] Failed { get; init; }

    /// <summary>The maximum number of jobs that a status lists.</summary>
    public const int MaxListed = 100;

    /// <summary>The priority. Sweeps with a higher priority go first.</summary>
    [Id(7)] public int Priority { get; init; }

    /// <summary>The maximum number of concurrent leases; 0 for no limit.</summary>
    [Id(8)] public int Parallel { get; init; }

    /// <summary>
    /// The number of reports that were refused because their attempt was outdated, counted since the grain was activated.
    /// </summary>
    [Id(9)] public long RefusedReports { get; init; }

    /// <summary>The jobs that ran again to verify the cache and produced a different result.</summary>
    [Id(10)] public JobStatus[] CacheMismatches { get; init; } = [];

    /// <summary>The pool that trains the sweep.</summary>
    [Id(11)] public required string Pool { get; init; }

    /// <summary>The number of jobs that are training now, including those that are not listed.</summary>
    [Id(12)] public int RunningJobs { get; init; }

    /// <summary>
    /// The reason why no job is running although some should be, and how to fix it; null if jobs are running or waiting for their turn.
    /// </summary>
    [Id(13)] public string? Obstacle { get; init; }

    /// <summary>The trainer version that the sweep was planned for. Older silos send 0.</summary>
    [Id(14)] public int Trainer { get; init; }

    /// <summary>
    /// The iterations per second of each worker. Their sum is <see cref="IterationsPerSecond"/>, because all speeds are measured over the
    /// same period. Empty until the speeds are known. Older silos send no speeds.
    /// </summary>
    [Id(15)] public WorkerPace[] Paces { get; init; } = [];
}

/// <summary>The speed of a worker.</summary>
/// <param name="Worker">The worker's name, as in <see cref="JobStatus.Worker"/>.</param>
/// <param name="IterationsPerSecond">The worker's iterations per second over all its jobs of the sweep.</param>
[GenerateSerializer, Immutable, Alias("WorkerPace")]
public sealed record WorkerPace([property: Id(0)] string Worker, [property: Id(1)] double IterationsPerSecond);

/// <summary>The state and progress of a job.</summary>
[GenerateSerializer, Immutable, Alias("JobStatus")]
public sealed record JobStatus
{
    /// <summary>The job's id.</summary>
    [Id(0)] public required JobId Id { get; init; }

    /// <summary>A description of the job, such as "adapt snip T=12 · tiny-kinds · seed 1".</summary>
    [Id(1)] public required string Description { get; init; }

    /// <summary>The job's state.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>The number of the current attempt, starting at 1; 0 before the first attempt.</summary>
    [Id(3)] public required AttemptNumber Attempt { get; init; }

    /// <summary>The number of epochs reported so far.</summary>
    [Id(4)] public required int Epoch { get; init; }

    /// <summary>The total number of epochs.</summary>
    [Id(5)] public required int Epochs { get; init; }

    /// <summary>The mean loss of the last reported epoch.</summary>
    [Id(6)] public double? Loss { get; init; }

    /// <summary>The number of live context tokens after the last reported epoch.</summary>
    [Id(7)] public int? ContextTokens { get; init; }

    /// <summary>The job's last error.</summary>
    [Id(8)] public string? Error { get; init; }

    /// <summary>The worker that runs the job, or that ran it last.</summary>
    [Id(9)] public string? Worker { get; init; }

    /// <summary>The number of training iterations in all epochs of the job; 0 for a job that does not train.</summary>
    [Id(10)] public int Iterations { get; init; }
}
