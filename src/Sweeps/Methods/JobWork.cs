using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>What a job passes through the towers, for cost estimates.</summary>
/// <param name="Backbone">Its backbone.</param>
/// <param name="Dataset">Its data set.</param>
/// <param name="Longest">The longest text of its classes; positions after its end are not computed.</param>
/// <param name="Train">How it trains; null for methods without training.</param>
public sealed record JobWork(BackboneInfo Backbone, DatasetInfo Dataset, LongestTextInfo Longest, TrainSettings? Train)
{
    /// <summary>
    /// The cost factor of a tower with trained parameters: one forward pass, and a backward pass that costs about twice as much.
    /// </summary>
    public const double Trained = 3;

    /// <summary>MACs of the texts of all classes.</summary>
    public double Texts => Dataset.Classes * (double)Backbone.TextMultiplyAdds * Longest.Tokens / Longest.Limit;

    /// <summary>MACs of one image.</summary>
    public double Image => Backbone.ImageMultiplyAdds;

    /// <summary>The number of images in one iteration.</summary>
    public int Batch => Train is null ? 0 : Math.Min(Train.BatchSize, Dataset.TrainImages);

    /// <summary>The number of images in the evaluation.</summary>
    public double Evaluated => Dataset.ValidationImages + (double)Dataset.TestImages;
}
