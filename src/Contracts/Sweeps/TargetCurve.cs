namespace AdaptCluster.Contracts.Sweeps;

/// <summary>Accuracy over T_target of one arm on one data set: why an adaptive arm chose as it did.</summary>
[GenerateSerializer, Immutable, Alias("TargetCurve")]
public sealed record TargetCurve
{
    /// <summary>The arm's name without its T_target, such as "Adapt (l2-norm)".</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The T_targets that the sweep trains, smallest first.</summary>
    [Id(2)] public required TargetPoint[] Points { get; init; }

    /// <summary>The T_target that the adaptive arm took; null without such an arm, and while it cannot choose yet.</summary>
    [Id(3)] public int? Chosen { get; init; }
}

/// <summary>One T_target of a <see cref="TargetCurve"/>.</summary>
/// <param name="TTarget">The T_target.</param>
/// <param name="Complete">Whether every run is there.</param>
/// <param name="Test">Test accuracy, which no choice looks at.</param>
/// <param name="Validation">Validation accuracy, by which an adaptive arm chooses.</param>
[GenerateSerializer, Immutable, Alias("TargetPoint")]
public sealed record TargetPoint([property: Id(0)] int TTarget, [property: Id(1)] bool Complete, [property: Id(2)] Accuracy Test,
    [property: Id(3)] Accuracy Validation);
