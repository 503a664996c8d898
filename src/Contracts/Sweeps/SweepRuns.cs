using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The jobs behind a table and everything that their results depend on, as <c>sweep results --runs --json</c> prints it.</summary>
[GenerateSerializer, Immutable, Alias("SweepRuns")]
public sealed record SweepRuns
{
    /// <summary>The maximum number of jobs in one answer.</summary>
    public const int MaxListed = 2000;

    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The spec that was submitted.</summary>
    [Id(2)] public required string SpecJson { get; init; }

    /// <summary>The backbone of its jobs.</summary>
    [Id(3)] public required string Backbone { get; init; }

    /// <summary>SHA-256 of the backbone's files.</summary>
    [Id(4)] public required string BackboneFingerprint { get; init; }

    /// <summary>SHA-256 of what each data set is made from, by its name.</summary>
    [Id(5)] public required Dictionary<string, string> DatasetFingerprints { get; init; }

    /// <summary>What the runs ran on, by the key in <see cref="JobRun.Environment"/>.</summary>
    [Id(6)] public required SortedDictionary<string, RunEnvironment> Environments { get; init; }

    /// <summary>The number of jobs in the whole sweep.</summary>
    [Id(7)] public required int Total { get; init; }

    /// <summary>The jobs, in the plan's order, from the requested position on.</summary>
    [Id(8)] public required JobRun[] Runs { get; init; }
}

/// <summary>One job with its result.</summary>
[GenerateSerializer, Immutable, Alias("JobRun")]
public sealed record JobRun
{
    /// <summary>The job's id.</summary>
    [Id(0)] public required JobId Job { get; init; }

    /// <summary>Its definition, with every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>Its state.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>The number of attempts so far.</summary>
    [Id(3)] public required int Attempts { get; init; }

    /// <summary>The worker that runs it, or ran it last.</summary>
    [Id(4)] public string? Worker { get; init; }

    /// <summary>The key in <see cref="SweepRuns.Environments"/> of what its last attempt ran on.</summary>
    [Id(5)] public string? Environment { get; init; }

    /// <summary>The sweep whose result it reused; null if none.</summary>
    [Id(6)] public string? CachedFrom { get; init; }

    /// <summary>The last error.</summary>
    [Id(7)] public string? Error { get; init; }

    /// <summary>Its result, without prompts; null if it has none.</summary>
    [Id(8)] public JobResult? Result { get; init; }
}
