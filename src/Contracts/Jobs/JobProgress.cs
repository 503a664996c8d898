namespace AdaptCluster.Contracts.Jobs;

/// <summary>One prune step, with the masks right after it.</summary>
[GenerateSerializer, Immutable, Alias("PruneStep")]
public sealed record PruneStep
{
    /// <summary>The 1-based iteration after whose update the tokens were removed.</summary>
    [Id(0)] public required int Iteration { get; init; }

    /// <summary>The image mask, row-major [depth, max context length], one byte per token: 1 is live.</summary>
    [Id(1)] public required byte[] ImageMask { get; init; }

    /// <summary>The text mask, row-major [depth, max context length], one byte per token: 1 is live.</summary>
    [Id(2)] public required byte[] TextMask { get; init; }
}

/// <summary>What a job reports at the end of each epoch. With its checkpoint, the job can resume on another worker from here.</summary>
[GenerateSerializer, Immutable, Alias("EpochReport")]
public sealed record EpochReport
{
    /// <summary>The epoch that ended, from 1.</summary>
    [Id(0)] public required int Epoch { get; init; }

    /// <summary>The number of iterations in this epoch.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>Mean cross-entropy over the epoch's iterations, each before its update.</summary>
    [Id(2)] public required double Loss { get; init; }

    /// <summary>The percentage of the epoch's training images that were classified correctly, each before its update.</summary>
    [Id(3)] public required double TrainAccuracy { get; init; }

    /// <summary>The learning rate of this epoch.</summary>
    [Id(4)] public required double LearningRate { get; init; }

    /// <summary>Live context tokens of the image branch at the epoch's end.</summary>
    [Id(5)] public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch at the epoch's end.</summary>
    [Id(6)] public required int TextContextTokens { get; init; }

    /// <summary>Wall-clock time of the epoch.</summary>
    [Id(7)] public required TimeSpan Duration { get; init; }

    /// <summary>The prune steps of this epoch.</summary>
    [Id(8)] public required PruneStep[] PruneSteps { get; init; }

    /// <summary>The complete state of the job after this epoch, as a safetensors file.</summary>
    [Id(9)] public required byte[] Checkpoint { get; init; }

    /// <summary>The number of training images in this epoch's iterations, each counted as often as it was used.</summary>
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

    /// <summary>The number of live context tokens in the image branch; 0 if it has no prompts.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>The number of live context tokens in the text branch; 0 if it has no prompts.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>The number of trained parameters that remain at the end, after pruning.</summary>
    [Id(6)] public required long TrainableParameters { get; init; }

    /// <summary>MACs of one image and one class prompt through the towers, with the final masks.</summary>
    [Id(7)] public required long MultiplyAdds { get; init; }

    /// <summary>Wall-clock time of the attempt that gave this result.</summary>
    [Id(8)] public required TimeSpan Duration { get; init; }

    /// <summary>The trained tensors and masks, as a safetensors file; null for methods without training.</summary>
    [Id(9)] public byte[]? Prompts { get; init; }

    /// <summary>
    /// MACs as hook-based counters report them: convolutions, linear modules, and four for each element of a norm, but neither attention
    /// nor products of bare tensors. Papers often print this number. 0 from versions that did not count it.
    /// </summary>
    [Id(10)] public long HookMultiplyAdds { get; init; }

    /// <summary>Mean loss of the last epoch; null for methods without training.</summary>
    [Id(11)] public double? FinalLoss { get; init; }

    /// <summary>
    /// The job's predictions for each validation and test image, compressed (JobPredictions of AdaptCluster.Sweeps reads them). Null from
    /// versions that did not keep them, and if they are no longer kept.
    /// </summary>
    [Id(12)] public byte[]? Predictions { get; init; }

    /// <summary>The results on each target of <see cref="JobDefinition.Evaluate"/>; null if there are no targets.</summary>
    [Id(13)] public TargetResult[]? Targets { get; init; }

    /// <summary>The job that trained the prompts, if this one only evaluated them; null if it trained itself, or trains nothing.</summary>
    [Id(14)] public PromptOrigin? TrainedFrom { get; init; }
}
