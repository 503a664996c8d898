namespace AdaptCluster.Contracts.Sweeps;

/// <summary>A request to evaluate trained prompts of a sweep on other data.</summary>
[GenerateSerializer, Immutable, Alias("EvaluationRequest")]
public sealed record EvaluationRequest
{
    /// <summary>The maximum number of targets.</summary>
    public const int MaxTargets = 100;

    /// <summary>The id of the only job to evaluate, or an unambiguous prefix of it; null for all jobs of the sweep.</summary>
    [Id(0)] public string? Job { get; init; }

    /// <summary>
    /// The targets, each written like an item in a spec's "evaluate" list: the name of a data set, "base", "new", or a data set as a JSON
    /// object.
    /// </summary>
    [Id(1)] public required string[] On { get; init; }

    /// <summary>The name of the new sweep. If null, it is the original sweep's name followed by the targets.</summary>
    [Id(2)] public string? Name { get; init; }
}
