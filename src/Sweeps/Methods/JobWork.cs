using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>What a job passes through the towers.</summary>
/// <param name="Backbone">Its backbone.</param>
/// <param name="Dataset">Its data set.</param>
/// <param name="Longest">The longest text of its classes; what follows it is not computed.</param>
/// <param name="Train">How it trains; null when it does not.</param>
public sealed record JobWork(BackboneFacts Backbone, DatasetFacts Dataset, TextFacts Longest, TrainSettings? Train)
{
    /// <summary>
    /// A tower that something trained reaches is computed forwards, and backwards to it, which takes about twice as much.
    /// </summary>
    public const double Trained = 3;

    /// <summary>Multiply-adds of the texts of all classes.</summary>
    public double Texts => Dataset.Classes * (double)Backbone.TextMultiplyAdds * Longest.Tokens / Longest.Limit;

    /// <summary>Multiply-adds of one image.</summary>
    public double Image => Backbone.ImageMultiplyAdds;

    /// <summary>Images of one iteration.</summary>
    public int Batch => Train is null ? 0 : Math.Min(Train.BatchSize, Dataset.TrainImages);

    /// <summary>Images of the evaluation.</summary>
    public double Evaluated => Dataset.ValidationImages + (double)Dataset.TestImages;
}
