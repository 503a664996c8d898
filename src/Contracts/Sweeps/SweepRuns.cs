using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The jobs behind a table and all that their numbers depend on, as <c>sweep results --runs --json</c> prints it.</summary>
[GenerateSerializer, Immutable, Alias("SweepRuns")]
public sealed record SweepRuns
{
    /// <summary>Most jobs of one answer.</summary>
    public const int MaxListed = 2000;

    /// <summary>The sweep's id.</summary>
    [Id(0)] public required string Sweep { get; init; }

    /// <summary>Its name.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The spec it was submitted with.</summary>
    [Id(2)] public required string SpecJson { get; init; }

    /// <summary>The backbone of its jobs.</summary>
    [Id(3)] public required string Backbone { get; init; }

    /// <summary>SHA-256 of the backbone's files.</summary>
    [Id(4)] public required string BackboneFingerprint { get; init; }

    /// <summary>SHA-256 of what each data set is made from, by its name.</summary>
    [Id(5)] public required Dictionary<string, string> DatasetFingerprints { get; init; }

    /// <summary>What the runs ran on, by <see cref="JobRun.Environment"/>.</summary>
    [Id(6)] public required SortedDictionary<string, RunEnvironment> Environments { get; init; }

    /// <summary>Jobs of the whole sweep.</summary>
    [Id(7)] public required int Total { get; init; }

    /// <summary>The jobs from the one asked for on, in the plan's order.</summary>
    [Id(8)] public required JobRun[] Runs { get; init; }
}

/// <summary>One job with what it found.</summary>
[GenerateSerializer, Immutable, Alias("JobRun")]
public sealed record JobRun
{
    /// <summary>The job's id.</summary>
    [Id(0)] public required JobId Job { get; init; }

    /// <summary>What it computes, every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(2)] public required JobState State { get; init; }

    /// <summary>Attempts so far.</summary>
    [Id(3)] public required int Attempts { get; init; }

    /// <summary>Who runs it, or ran it last.</summary>
    [Id(4)] public string? Worker { get; init; }

    /// <summary>What its last attempt ran on.</summary>
    [Id(5)] public string? Environment { get; init; }

    /// <summary>The sweep whose result it took over.</summary>
    [Id(6)] public string? CachedFrom { get; init; }

    /// <summary>The last error.</summary>
    [Id(7)] public string? Error { get; init; }

    /// <summary>What it found, without prompts; null without a result.</summary>
    [Id(8)] public JobResult? Result { get; init; }
}
