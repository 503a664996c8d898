namespace AdaptCluster.Contracts.Jobs;

/// <summary>Test images that a job is evaluated on beside its own.</summary>
[GenerateSerializer, Immutable, Alias("EvaluationTarget")]
public sealed record EvaluationTarget
{
    /// <summary>The name in tables: "base", "new", or that of a data set.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>
    /// Where the images come from. Without a template a trained method keeps the text that it was trained with, and one without training
    /// takes the data set's own.
    /// </summary>
    [Id(1)] public required DatasetSource Dataset { get; init; }

    /// <summary>SHA-256 of what its images and labels are made from, so that a result belongs to their contents.</summary>
    [Id(2)] public required string Fingerprint { get; init; }
}

/// <summary>The targets of a job, in the spec's order. Equal targets are equal, as jobs are compared by what they compute.</summary>
[GenerateSerializer, Immutable, Alias("EvaluationTargets")]
public sealed record EvaluationTargets
{
    /// <summary>The targets, each name once.</summary>
    [Id(0)] public required EvaluationTarget[] Targets { get; init; }

    /// <inheritdoc/>
    public bool Equals(EvaluationTargets? other) => other is not null && Targets.AsSpan().SequenceEqual(other.Targets);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var target in Targets) hash.Add(target);
        return hash.ToHashCode();
    }
}

/// <summary>What a job found on one target.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Correct">Images classified right.</param>
/// <param name="Total">Images.</param>
[GenerateSerializer, Immutable, Alias("TargetResult")]
public sealed record TargetResult([property: Id(0)] string Name, [property: Id(1)] int Correct, [property: Id(2)] int Total);
