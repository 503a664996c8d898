using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A spec with its grids expanded and every default written out.</summary>
public sealed record SweepSpec
{
    /// <summary>What errors call the spec, such as the file's name.</summary>
    public required SpecSource Source { get; init; }

    /// <summary>The spec as JSON, whatever it was written in.</summary>
    public required string Json { get; init; }

    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>The CLIP folder of arms that name none, relative to a model root; the first of several.</summary>
    public required string Backbone { get; init; }

    /// <summary>Training images per class of arms that say nothing else; the first of several.</summary>
    public required int Shots { get; init; }

    /// <summary>One run for each.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<DatasetSource> Datasets { get; init; }

    /// <summary>What jobs are evaluated on beside their own test images, each name once.</summary>
    public IReadOnlyList<SpecTarget> Evaluate { get; init; } = [];

    /// <summary>Whether the spec says that no setting is chosen by validation accuracy.</summary>
    public bool SelectionIsFixed { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<ArmSpec> Arms { get; init; }
}

/// <summary>What jobs are evaluated on beside their own test images.</summary>
/// <param name="Name">The name in tables.</param>
/// <param name="Dataset">A data set; null for a half of the classes of each data set that is trained on.</param>
/// <param name="Path">JSON path.</param>
public sealed record SpecTarget(string Name, DatasetSource? Dataset, string Path);

/// <summary>One row of a spec: a method with one value for every hyperparameter, or with several to choose from.</summary>
public sealed record ArmSpec
{
    /// <summary>JSON path of the arm that it came from.</summary>
    public required string Path { get; init; }

    /// <summary>Training images per class; null for the spec's.</summary>
    public int? Shots { get; init; }

    /// <summary>The CLIP folder, relative to a model root; null for the spec's.</summary>
    public string? Backbone { get; init; }

    /// <summary>The row's name in the table.</summary>
    public required string Label { get; init; }

    /// <summary>The arm's name, without what the label says of its axes.</summary>
    public required string Name { get; init; }

    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    /// <summary>Its values of the arm's lists and ranges.</summary>
    public AxisValues Axes { get; init; } = AxisValues.None;

    /// <summary>
    /// The combinations of settings that each data set chooses from by validation accuracy, those that are preferred among equals first;
    /// one of a fixed arm.
    /// </summary>
    public required IReadOnlyList<ArmChoice> Choices { get; init; }

    /// <summary>The settings that each data set chooses.</summary>
    public IReadOnlyList<string> Adaptive { get; init; } = [];

    /// <summary>A hash of all settings beside those on axes, which Adapt's scorer and T_target always are.</summary>
    public string Family { get; init; } = "";

    /// <summary>Whether the spec says how many epochs they train; if not, some methods take more with more shots.</summary>
    public bool EpochsAreGiven { get; init; }
}

/// <summary>One value for every setting of an arm.</summary>
/// <param name="Values">Of the settings that are chosen.</param>
/// <param name="Scorer">Adapt only: the saliency score.</param>
/// <param name="TTarget">Adapt only: the context tokens left at the end.</param>
/// <param name="Train">How the jobs train; null for methods without training.</param>
public sealed record ArmChoice(AxisValues Values, Scorer? Scorer, int? TTarget, TrainSettings? Train);
