namespace AdaptCluster.Contracts.Jobs;

/// <summary>Test images on which a job is evaluated, in addition to its own test images.</summary>
[GenerateSerializer, Immutable, Alias("EvaluationTarget")]
public sealed record EvaluationTarget
{
    /// <summary>The target's name in tables: "base", "new", or the name of a data set.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>
    /// The data set that the images come from. If it has no template, a trained method keeps the text that it was trained with, and a
    /// method without training uses the data set's own template.
    /// </summary>
    [Id(1)] public required DatasetSource Dataset { get; init; }

    /// <summary>
    /// The SHA-256 hash of the target's images and labels, or of the recipe that generates them. It ties a result to their content.
    /// </summary>
    [Id(2)] public required string Fingerprint { get; init; }
}

/// <summary>
/// The evaluation targets of a job, in the spec's order. Lists with equal targets are equal, because jobs are compared by value.
/// </summary>
[GenerateSerializer, Immutable, Alias("EvaluationTargets")]
public sealed record EvaluationTargets
{
    /// <summary>The targets. Their names are unique.</summary>
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

/// <summary>A job's result on one target.</summary>
/// <param name="Name">The target's name.</param>
/// <param name="Correct">The number of images classified correctly.</param>
/// <param name="Total">The number of images.</param>
[GenerateSerializer, Immutable, Alias("TargetResult")]
public sealed record TargetResult([property: Id(0)] string Name, [property: Id(1)] int Correct, [property: Id(2)] int Total);
