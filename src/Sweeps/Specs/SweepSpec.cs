using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>A spec with its grids expanded and every default written out.</summary>
public sealed record SweepSpec
{
    /// <summary>What errors call the spec, such as the file's name.</summary>
    public required string Source { get; init; }

    /// <summary>The spec's text.</summary>
    public required string Json { get; init; }

    /// <summary>The sweep's name.</summary>
    public required string Name { get; init; }

    /// <summary>The CLIP folder, relative to a model root.</summary>
    public required string Backbone { get; init; }

    /// <summary>Training images per class.</summary>
    public required int Shots { get; init; }

    /// <summary>One run for each.</summary>
    public required IReadOnlyList<int> Seeds { get; init; }

    /// <summary>The columns.</summary>
    public required IReadOnlyList<DatasetSource> Datasets { get; init; }

    /// <summary>The rows.</summary>
    public required IReadOnlyList<ArmSpec> Arms { get; init; }
}

/// <summary>One row of a spec: a method with one value for every hyperparameter.</summary>
public sealed record ArmSpec
{
    /// <summary>JSON path of the arm that it came from.</summary>
    public required string Path { get; init; }

    /// <summary>The row's name in the table.</summary>
    public required string Label { get; init; }

    /// <summary>One of <see cref="MethodNames"/>.</summary>
    public required string Method { get; init; }

    /// <summary>Adapt only: the saliency score.</summary>
    public Scorer? Scorer { get; init; }

    /// <summary>Adapt only: the T_target values, one of a fixed arm, all candidates (smallest first) of an adaptive one.</summary>
    public IReadOnlyList<int> TTargets { get; init; } = [];

    /// <summary>Whether each data set takes the T_target with the best validation accuracy.</summary>
    public bool Adaptive { get; init; }

    /// <summary>How its jobs train; null for methods without training.</summary>
    public TrainSettings? Train { get; init; }

    /// <summary>Whether the spec says how many epochs they train; if not, some methods take more with more shots.</summary>
    public bool EpochsAreGiven { get; init; }
}
