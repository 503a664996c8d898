using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A spec with its grids expanded and every default written out.</summary>
public sealed record SweepSpec
{
    /// <summary>The source of the spec, for error messages.</summary>
    public required SpecSource Source { get; init; }

    /// <summary>The spec as JSON, even if it was written in YAML.</summary>
    public required string Json { get; init; }

    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The backbone's folder, relative to a model root, for arms that do not give one; the first if the spec lists several.
    /// </summary>
    public required string Backbone { get; init; }

    /// <summary>The number of training images per class, for arms that do not give one; the first if the spec lists several.</summary>
    public required int Shots { get; init; }

    /// <summary>The seeds; each job has one.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The data sets, which are the columns of the table.</summary>
    public required IReadOnlyList<DatasetSource> Datasets { get; init; }

    /// <summary>The targets that jobs are evaluated on in addition to their own test images; their names are unique.</summary>
    public IReadOnlyList<SpecTarget> Evaluate { get; init; } = [];

    /// <summary>Whether the spec states that no setting is chosen by validation accuracy.</summary>
    public bool SelectionIsFixed { get; init; }

    /// <summary>The table's rows.</summary>
    public required IReadOnlyList<ArmSpec> Arms { get; init; }
}

/// <summary>A target that jobs are evaluated on in addition to their own test images.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Dataset">The data set; null if the target is one half of each training data set's classes.</param>
/// <param name="Path">The target's JSON path.</param>
public sealed record SpecTarget(string Name, DatasetSource? Dataset, string Path);

/// <summary>One row of a spec: a method with a single value for each hyperparameter, or with several to choose from.</summary>
public sealed record ArmSpec
{
    /// <summary>The JSON path of the arm that the row comes from.</summary>
    public required string Path { get; init; }

    /// <summary>The number of training images per class; null to use the spec's number.</summary>
    public int? Shots { get; init; }

    /// <summary>The backbone's folder, relative to a model root; null to use the spec's backbone.</summary>
    public string? Backbone { get; init; }

    /// <summary>The row's name in the table.</summary>
    public required string Label { get; init; }

    /// <summary>The arm's name, without the axis values that the label contains.</summary>
    public required string Name { get; init; }

    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>The row's value on each grid axis, taken from the arm's lists and ranges.</summary>
    public AxisValues Axes { get; init; } = AxisValues.None;

    /// <summary>
    /// The combinations of settings that each data set chooses from by validation accuracy. On a tie, the first one is chosen. A fixed arm
    /// has only one.
    /// </summary>
    public required IReadOnlyList<ArmChoice> Choices { get; init; }

    /// <summary>The names of the adaptive settings.</summary>
    public IReadOnlyList<string> Adaptive { get; init; } = [];

    /// <summary>A hash of all settings that are not on an axis (Adapt's scorer and T_target always are).</summary>
    public string Family { get; init; } = "";

    /// <summary>Whether the spec gives the number of epochs. If it does not, some methods train for more epochs with more shots.</summary>
    public bool EpochsAreGiven { get; init; }
}

/// <summary>A combination of settings, with one value for each setting of an arm.</summary>
/// <param name="Values">The values of the adaptive settings.</param>
/// <param name="Scorer">Adapt only: the saliency score.</param>
/// <param name="TTarget">Adapt only: the number of context tokens left at the end.</param>
/// <param name="Train">The training settings for the jobs; null for methods without training.</param>
public sealed record ArmChoice(AxisValues Values, Scorer? Scorer, int? TTarget, TrainSettings? Train);
