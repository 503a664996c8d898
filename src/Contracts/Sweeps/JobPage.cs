using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A query for jobs of a sweep. Null members do not restrict the query.</summary>
[GenerateSerializer, Immutable, Alias("JobQuery")]
public sealed record JobQuery
{
    /// <summary>The maximum number of jobs in one response.</summary>
    public const int MaxCount = 500;

    /// <summary>The number of matching jobs to skip. Default: 0.</summary>
    [Id(0)] public int From { get; init; }

    /// <summary>The number of jobs to return, from 1 to <see cref="MaxCount"/>. Default: 50.</summary>
    [Id(1)] public int Count { get; init; } = 50;

    /// <summary>The state of the jobs to return.</summary>
    [Id(2)] public JobState? State { get; init; }

    /// <summary>The name of the data set that the returned jobs use.</summary>
    [Id(3)] public string? Dataset { get; init; }

    /// <summary>The name of the method that the returned jobs use.</summary>
    [Id(4)] public string? Method { get; init; }

    /// <summary>Text that the description of each returned job must contain; case is ignored.</summary>
    [Id(5)] public string? Text { get; init; }

    /// <summary>Whether to return only jobs that prune context tokens during training and therefore have masks. Default: false.</summary>
    [Id(6)] public bool Pruning { get; init; }

    /// <summary>Whether to list failed jobs before all other jobs. Default: false, which keeps the plan's order.</summary>
    [Id(7)] public bool FailedFirst { get; init; }

    /// <summary>
    /// Whether to list jobs with a result first, in descending order of <see cref="JobRow.Duration"/>. Other jobs follow in the plan's
    /// order, and <see cref="FailedFirst"/> is ignored. Default: false. Silos of earlier versions ignore it.
    /// </summary>
    [Id(8)] public bool LongestFirst { get; init; }
}

/// <summary>A page of a sweep's jobs, in the order of the query.</summary>
/// <param name="Total">The number of jobs that match the query.</param>
/// <param name="Jobs">The jobs on the page.</param>
[GenerateSerializer, Immutable, Alias("JobPage")]
public sealed record JobPage([property: Id(0)] int Total, [property: Id(1)] JobRow[] Jobs);

/// <summary>A job as one row in a list.</summary>
[GenerateSerializer, Immutable, Alias("JobRow")]
public sealed record JobRow
{
    /// <summary>The job's id, state and progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>The name of the job's data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The name of the job's method.</summary>
    [Id(2)] public required string Method { get; init; }

    /// <summary>The sweep whose result the job reused; null if the job ran itself or has no result.</summary>
    [Id(3)] public string? CachedFrom { get; init; }

    /// <summary>The percentage of test images classified correctly; null without a result.</summary>
    [Id(4)] public double? TestAccuracy { get; init; }

    /// <summary>The percentage of validation images classified correctly; null without a result.</summary>
    [Id(5)] public double? ValidationAccuracy { get; init; }

    /// <summary>The number of errors so far that the machine may have caused.</summary>
    [Id(6)] public int Faults { get; init; }

    /// <summary>
    /// The job's share of its pack's time, as in <see cref="JobResult.Duration"/>; null without a result, and from silos of earlier
    /// versions.
    /// </summary>
    [Id(7)] public TimeSpan? Duration { get; init; }
}
