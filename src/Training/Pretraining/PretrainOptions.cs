namespace AdaptCluster.Training.Pretraining;

/// <summary>How tiny-clip is trained. The defaults made models/tiny-clip.</summary>
public sealed record PretrainOptions
{
    /// <summary>Batches. Default: 3000.</summary>
    public int Steps { get; init; } = 3000;

    /// <summary>Pictures in a batch. Default: 128.</summary>
    public int BatchSize { get; init; } = 128;

    /// <summary>Peak step size of AdamW, reached after <see cref="WarmupSteps"/>, then a cosine to 0. Default: 0.002.</summary>
    public double LearningRate { get; init; } = 2e-3;

    /// <summary>Steps of the linear warm-up. Default: 50.</summary>
    public int WarmupSteps { get; init; } = 50;

    /// <summary>Decoupled weight decay of matrices. Default: 0.1.</summary>
    public double WeightDecay { get; init; } = 0.1;

    /// <summary>Seed of weights and pictures. Default: 1.</summary>
    public int Seed { get; init; } = 1;
}

/// <summary>Where pretraining stands.</summary>
/// <param name="Step">Batches done.</param>
/// <param name="Steps">Batches in all.</param>
/// <param name="Loss">Mean contrastive loss since the last report.</param>
/// <param name="ImagesPerSecond">Pictures a second since the last report.</param>
public sealed record PretrainProgress(int Step, int Steps, double Loss, double ImagesPerSecond);
