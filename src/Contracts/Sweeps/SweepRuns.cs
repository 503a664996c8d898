using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The jobs behind a table and everything that their results depend on, in the form that <c>sweep results --runs --json</c> prints.
/// </summary>
[GenerateSerializer, Immutable, Alias("SweepRuns")]
public sealed record SweepRuns
{
    /// <summary>The maximum number of jobs in one response.</summary>
    public const int MaxListed = 2000;

    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>The sweep's name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The submitted spec.</summary>
    [Id(2)] public required string SpecJson { get; init; }

    /// <summary>The jobs' backbone.</summary>
    [Id(3)] public required string Backbone { get; init; }

    /// <summary>The SHA-256 hash of the backbone's files.</summary>
    [Id(4)] public required string BackboneFingerprint { get; init; }

    /// <summary>The SHA-256 hash of each data set's content, keyed by data set.</summary>
    [Id(5)] public required Dictionary<string, string> DatasetFingerprints { get; init; }

    /// <summary>The environments that the runs ran in, keyed by the value of <see cref="JobRun.Environment"/>.</summary>
    [Id(6)] public required SortedDictionary<string, RunEnvironment> Environments { get; init; }

    /// <summary>The number of jobs in the whole sweep.</summary>
    [Id(7)] public required int Total { get; init; }

    /// <summary>The jobs, in the plan's order, starting at the requested position.</summary>
    [Id(8)] public required JobRun[] Runs { get; init; }
}

/// <summary>One job with its result.</summary>
[GenerateSerializer, Immutable, Alias("JobRun")]
public sealed record JobRun
{
    /// <summary>The job's id.</summary>
    [Id(0)] public required JobId Job { get; init; }

    /// <summary>The job's definition, with every default filled in.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>The job's state.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>The number of attempts so far.</summary>
    [Id(3)] public required int Attempts { get; init; }

    /// <summary>The worker that runs the job, or that ran it last.</summary>
    [Id(4)] public string? Worker { get; init; }

    /// <summary>The environment of the job's last attempt, as a key in <see cref="SweepRuns.Environments"/>.</summary>
    [Id(5)] public string? Environment { get; init; }

    /// <summary>The sweep whose result the job reused; null if there is none.</summary>
    [Id(6)] public string? CachedFrom { get; init; }

    /// <summary>The job's last error.</summary>
    [Id(7)] public string? Error { get; init; }

    /// <summary>The job's result, without prompts; null if there is none.</summary>
    [Id(8)] public JobResult? Result { get; init; }
}
