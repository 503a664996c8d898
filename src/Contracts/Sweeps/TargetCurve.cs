using System.Text.Json.Serialization;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>
/// The accuracy of one arm on one data set as a function of one setting, with all other settings fixed. It shows why an adaptive arm
/// selected its value. The setting is T_target or another setting for which the spec lists several numbers.
/// </summary>
[GenerateSerializer, Immutable, Alias("TargetCurve")]
public sealed record TargetCurve
{
    /// <summary>The arm's name without this setting, such as "Adapt (l2-norm)".</summary>
    [Id(0)] public required string Label { get; init; }

    /// <summary>The data set.</summary>
    [Id(1)] public required string Dataset { get; init; }

    /// <summary>The points of the curve, in ascending order of the setting.</summary>
    [Id(2)] public required TargetPoint[] Points { get; init; }

    /// <summary>
    /// The T_target that the adaptive arm selected; null if there is no adaptive arm, or if it has not selected a value yet.
    /// </summary>
    [Id(3)] public int? Chosen { get; init; }

    /// <summary>The setting's name.</summary>
    [Id(4)] public string Axis { get; init; } = AxisValues.TTarget;

    /// <summary>
    /// The value that the adaptive arm selected; null if there is no adaptive arm, or if it has not selected a value yet.
    /// </summary>
    [Id(5)] public double? ChosenValue { get; init; }

    /// <summary>The setting's name as an axis title.</summary>
    [JsonIgnore]
    public string Title => Axis == AxisValues.TTarget ? "T_target" : Axis;

    /// <summary>
    /// The value that the adaptive arm selected, taken from <see cref="Chosen"/> if an older silo sent no <see cref="ChosenValue"/>.
    /// </summary>
    [JsonIgnore]
    public double? ChosenAt => ChosenValue ?? Chosen;
}

/// <summary>One point on a <see cref="TargetCurve"/>.</summary>
/// <param name="TTarget">The T_target; 0 if the curve varies another setting.</param>
/// <param name="Complete">Whether all runs have finished.</param>
/// <param name="Test">Test accuracy, which is never used for selection.</param>
/// <param name="Validation">Validation accuracy, which an adaptive arm uses for selection.</param>
/// <param name="Value">The setting's value. Silos of version 0.1.0, which support only T_target, send 0.</param>
[GenerateSerializer, Immutable, Alias("TargetPoint")]
public sealed record TargetPoint([property: Id(0)] int TTarget, [property: Id(1)] bool Complete, [property: Id(2)] Accuracy Test,
    [property: Id(3)] Accuracy Validation, [property: Id(4)] double Value = 0)
{
    /// <summary>The point's position on the axis.</summary>
    [JsonIgnore]
    public double At => TTarget != 0 ? TTarget : Value;
}
