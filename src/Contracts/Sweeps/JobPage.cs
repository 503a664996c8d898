namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Which jobs of a sweep are asked for; what is null does not matter.</summary>
[GenerateSerializer, Immutable, Alias("JobQuery")]
public sealed record JobQuery
{
    /// <summary>Most jobs of one answer.</summary>
    public const int MaxCount = 500;

    /// <summary>How many of the fitting jobs are left out before the first. Default: 0.</summary>
    [Id(0)] public int From { get; init; }

    /// <summary>How many are wanted, 1 to <see cref="MaxCount"/>. Default: 50.</summary>
    [Id(1)] public int Count { get; init; } = 50;

    /// <summary>Only jobs in this state.</summary>
    [Id(2)] public JobState? State { get; init; }

    /// <summary>Only jobs on the data set of this name.</summary>
    [Id(3)] public string? Dataset { get; init; }

    /// <summary>Only jobs of the method of this name.</summary>
    [Id(4)] public string? Method { get; init; }

    /// <summary>Only jobs whose description contains this, in whatever case.</summary>
    [Id(5)] public string? Text { get; init; }

    /// <summary>Only jobs that remove context tokens as they train, and so have masks. Default: false.</summary>
    [Id(6)] public bool Pruning { get; init; }

    /// <summary>Whether jobs that were given up come before all others. Default: false, the plan's order.</summary>
    [Id(7)] public bool FailedFirst { get; init; }
}

/// <summary>Some of a sweep's jobs, in the order that the query asks for.</summary>
/// <param name="Total">How many fit the query.</param>
/// <param name="Jobs">Those that were asked for.</param>
[GenerateSerializer, Immutable, Alias("JobPage")]
public sealed record JobPage([property: Id(0)] int Total, [property: Id(1)] JobRow[] Jobs);

/// <summary>A job as a line of a list.</summary>
[GenerateSerializer, Immutable, Alias("JobRow")]
public sealed record JobRow
{
    /// <summary>Id, state, progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>The name of its data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>Its method.</summary>
    [Id(2)] public required string Method { get; init; }

    /// <summary>The sweep whose result it took over; null when it ran itself, or has no result.</summary>
    [Id(3)] public string? CachedFrom { get; init; }

    /// <summary>Percent of the test images that were classified right; null without a result.</summary>
    [Id(4)] public double? TestAccuracy { get; init; }

    /// <summary>Percent of the validation images that were classified right; null without a result.</summary>
    [Id(5)] public double? ValidationAccuracy { get; init; }

    /// <summary>Errors so far that might have been the machine's.</summary>
    [Id(6)] public int Faults { get; init; }
}
