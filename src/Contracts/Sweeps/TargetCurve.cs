using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// Accuracy over one setting of one arm on one data set, all other settings equal: why an adaptive arm chose as it did. The setting is
/// T_target or any other that the spec gives several numbers.
/// </summary>
[GenerateSerializer, Immutable, Alias("TargetCurve")]
public sealed record TargetCurve
{
    /// <summary>The arm's name without this setting, such as "Adapt (l2-norm)".</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The values that the sweep trains, smallest first.</summary>
    [Id(2)] public required TargetPoint[] Points { get; init; }

    /// <summary>The T_target that the adaptive arm took; null without such an arm, and while it cannot choose yet.</summary>
    [Id(3)] public int? Chosen { get; init; }

    /// <summary>The setting.</summary>
    [Id(4)] public string Axis { get; init; } = AxisValues.TTarget;

    /// <summary>The value that the adaptive arm took; null without such an arm, and while it cannot choose yet.</summary>
    [Id(5)] public double? ChosenValue { get; init; }

    /// <summary>The setting as the title of an axis.</summary>
    [JsonIgnore]
    public string Title => Axis == AxisValues.TTarget ? "T_target" : Axis;

    /// <summary>The value that the adaptive arm took, from silos of any version.</summary>
    [JsonIgnore]
    public double? ChosenAt => ChosenValue ?? Chosen;
}

/// <summary>One value of a <see cref="TargetCurve"/>.</summary>
/// <param name="TTarget">The T_target; 0 for another setting.</param>
/// <param name="Complete">Whether every run is there.</param>
/// <param name="Test">Test accuracy, which no choice looks at.</param>
/// <param name="Validation">Validation accuracy, by which an adaptive arm chooses.</param>
/// <param name="Value">The setting's value; 0 from silos of version 0.1.0, which know T_target alone.</param>
[GenerateSerializer, Immutable, Alias("TargetPoint")]
public sealed record TargetPoint([property: Id(0)] int TTarget, [property: Id(1)] bool Complete, [property: Id(2)] Accuracy Test,
    [property: Id(3)] Accuracy Validation, [property: Id(4)] double Value = 0)
{
    /// <summary>Where it stands on the axis.</summary>
    [JsonIgnore]
    public double At => TTarget != 0 ? TTarget : Value;
}
