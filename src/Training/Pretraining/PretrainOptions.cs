using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Pretraining;

/// <summary>The options for pretraining tiny-clip. models/tiny-clip was trained with the defaults.</summary>
public sealed record PretrainOptions
{
    /// <summary>The maximum number of training images. Image indices are 32-bit, and validation uses the indices after the last training
    /// image.</summary>
    private const int MaxPictures = 2_000_000_000;

    /// <summary>The number of batches. Default: 3000.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>The number of images in a batch. Default: 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>The peak learning rate of AdamW. It is reached after <see cref="WarmupSteps"/> and then decays to 0 along a cosine.
    /// Default: 0.002.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>The number of steps of the linear learning-rate warm-up. Default: 50.</summary>
    public int WarmupSteps { get; init; } = 50;

    /// <summary>The decoupled weight decay, applied only to tensors with at least two dimensions. Default: 0.1.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>The seed for the weights and the images. Default: 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Throws an exception if an option is out of range.</summary>
    /// <exception cref="InvalidInputException">An option is out of range; the message names it.</exception>
    internal void Check()
    {
        Require(Steps >= 1, "steps", Steps, "at least 1");
        Require(BatchSize is >= 2 and <= 4096, "batch size", BatchSize, "2 to 4096 images");
        var pictures = (long)Steps * BatchSize;
        Require(pictures <= MaxPictures, "steps times batch size", pictures, $"at most {MaxPictures} images");
        Require(LearningRate is > 0 and <= 1, "learning rate", LearningRate, "a number above 0, at most 1");
        Require(WarmupSteps >= 0, "warm-up steps", WarmupSteps, "at least 0");
        Require(WeightDecay is >= 0 and <= 1, "weight decay", WeightDecay, "0 to 1");
    }

    private static void Require(bool right, string name, double value, string expected)
    {
        if (!right) throw new InvalidInputException(FormattableString.Invariant($"Pretraining: {name} is {value}; write {expected}."));
    }
}

/// <summary>The progress of pretraining.</summary>
/// <param name="Step">The number of batches trained so far.</param>
/// <param name="Steps">The total number of batches.</param>
/// <param name="Loss">The mean contrastive loss since the last report.</param>
/// <param name="ImagesPerSecond">The number of images per second since the last report.</param>
public sealed record PretrainProgress(int Step, int Steps, double Loss, double ImagesPerSecond);
