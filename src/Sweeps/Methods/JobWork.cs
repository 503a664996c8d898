using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>The inputs that a job passes through the towers, for cost estimates.</summary>
/// <param name="Backbone">The job's backbone.</param>
/// <param name="Dataset">The job's data set.</param>
/// <param name="Longest">The longest class text; positions after its end are not computed.</param>
/// <param name="Train">The training settings; null for methods without training.</param>
public sealed record JobWork(BackboneInfo Backbone, DatasetInfo Dataset, LongestTextInfo Longest, TrainSettings? Train)
{
    /// <summary>
    /// The cost factor of a tower with trained parameters: one forward pass, and a backward pass that costs about twice as much.
    /// </summary>
    public const double Trained = 3;

    /// <summary>The number of MACs for one forward pass of all class texts.</summary>
    public double Texts => Dataset.Classes * (double)Backbone.TextMultiplyAdds * Longest.Tokens / Longest.Limit;

    /// <summary>The number of MACs for one forward pass of one image.</summary>
    public double Image => Backbone.ImageMultiplyAdds;

    /// <summary>The number of images in one iteration.</summary>
    public int Batch => Train is null ? 0 : Math.Min(Train.BatchSize, Dataset.TrainImages);

    /// <summary>The number of images that the job is evaluated on.</summary>
    public double Evaluated => Dataset.ValidationImages + (double)Dataset.TestImages;
}
