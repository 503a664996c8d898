namespace AdaptCluster.Contracts.Jobs;

/// <summary>One prune step, with the masks immediately after it.</summary>
[GenerateSerializer, Immutable, Alias("PruneStep")]
public sealed record PruneStep
{
    /// <summary>The number of the iteration, starting at 1, after which the tokens were removed.</summary>
    [Id(0)] public required int Iteration { get; init; }

    /// <summary>The image mask, row-major [depth, max context length], one byte per token: 1 if the token is live.</summary>
    [Id(1)] public required byte[] ImageMask { get; init; }

    /// <summary>The text mask, row-major [depth, max context length], one byte per token: 1 if the token is live.</summary>
    [Id(2)] public required byte[] TextMask { get; init; }
}

/// <summary>The report of a job at the end of an epoch. Its checkpoint lets another worker resume the job after this epoch.</summary>
[GenerateSerializer, Immutable, Alias("EpochReport")]
public sealed record EpochReport
{
    /// <summary>The number of the epoch that ended, starting at 1.</summary>
    [Id(0)] public required int Epoch { get; init; }

    /// <summary>The number of iterations in this epoch.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>The mean cross-entropy over the epoch's iterations, measured in each iteration before the update.</summary>
    [Id(2)] public required double Loss { get; init; }

    /// <summary>
    /// The percentage of the epoch's training images that were classified correctly, measured in each iteration before the update.
    /// </summary>
    [Id(3)] public required double TrainAccuracy { get; init; }

    /// <summary>The learning rate of this epoch.</summary>
    [Id(4)] public required double LearningRate { get; init; }

    /// <summary>The number of live context tokens in the image branch at the end of the epoch.</summary>
    [Id(5)] public required int ImageContextTokens { get; init; }

    /// <summary>The number of live context tokens in the text branch at the end of the epoch.</summary>
    [Id(6)] public required int TextContextTokens { get; init; }

    /// <summary>
    /// The job's share of the time of the epoch's training steps. The time of a step is divided equally among the jobs that it trains.
    /// </summary>
    [Id(7)] public required TimeSpan Duration { get; init; }

    /// <summary>The prune steps of this epoch.</summary>
    [Id(8)] public required PruneStep[] PruneSteps { get; init; }

    /// <summary>The complete state of the job after this epoch, as a safetensors file.</summary>
    [Id(9)] public required byte[] Checkpoint { get; init; }

    /// <summary>The number of training images in this epoch's iterations; repeated images are counted each time.</summary>
    [Id(10)] public long Images { get; init; }
}

/// <summary>The result of a finished job.</summary>
[GenerateSerializer, Immutable, Alias("JobResult")]
public sealed record JobResult
{
    /// <summary>The number of test images classified correctly.</summary>
    [Id(0)] public required int TestCorrect { get; init; }

    /// <summary>The number of test images.</summary>
    [Id(1)] public required int TestTotal { get; init; }

    /// <summary>The number of validation images classified correctly.</summary>
    [Id(2)] public required int ValidationCorrect { get; init; }

    /// <summary>The number of validation images.</summary>
    [Id(3)] public required int ValidationTotal { get; init; }

    /// <summary>The number of live context tokens in the image branch; 0 if the branch has no prompts.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>The number of live context tokens in the text branch; 0 if the branch has no prompts.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>The number of trained parameters at the end, after pruning.</summary>
    [Id(6)] public required long TrainableParameters { get; init; }

    /// <summary>The number of MACs that the towers need for one image and one class prompt, with the final masks.</summary>
    [Id(7)] public required long MultiplyAdds { get; init; }

    /// <summary>
    /// The job's share of the time that the attempt with this result spent on training steps and evaluation. The time of a step is divided
    /// equally among the jobs that it trains. Epochs of earlier attempts do not count.
    /// </summary>
    [Id(8)] public required TimeSpan Duration { get; init; }

    /// <summary>The trained tensors and masks, as a safetensors file; null for methods without training.</summary>
    [Id(9)] public byte[]? Prompts { get; init; }

    /// <summary>
    /// The MACs reported by hook-based counters. These count convolutions, linear modules and four MACs per element of a normalisation
    /// layer, but neither attention nor products of plain tensors. Papers often report this number. 0 in results of versions that did not
    /// count it.
    /// </summary>
    [Id(10)] public long HookMultiplyAdds { get; init; }

    /// <summary>The mean loss of the last epoch; null for methods without training.</summary>
    [Id(11)] public double? FinalLoss { get; init; }

    /// <summary>
    /// The job's compressed predictions for each validation and test image, which JobPredictions in AdaptCluster.Sweeps reads. Null if they
    /// have been deleted, and in results of versions that did not store them.
    /// </summary>
    [Id(12)] public byte[]? Predictions { get; init; }

    /// <summary>The result on each target of <see cref="JobDefinition.Evaluate"/>; null if there are no targets.</summary>
    [Id(13)] public TargetResult[]? Targets { get; init; }

    /// <summary>
    /// The job that trained the prompts, if this job only evaluated them; null if this job trained them itself or does not train.
    /// </summary>
    [Id(14)] public PromptOrigin? TrainedFrom { get; init; }
}
