namespace AdaptCluster.Contracts.Jobs;

/// <summary>One removal of context tokens, with the masks right after it.</summary>
[GenerateSerializer, Immutable, Alias("PruneStep")]
public sealed record PruneStep
{
    /// <summary>The 1-based iteration after whose update the tokens went.</summary>
    [Id(0)] public required int Iteration { get; init; }

    /// <summary>Image mask, row-major [depth, max context length], one byte a token: 1 lives.</summary>
    [Id(1)] public required byte[] ImageMask { get; init; }

    /// <summary>Text mask, row-major [depth, max context length], one byte a token: 1 lives.</summary>
    [Id(2)] public required byte[] TextMask { get; init; }
}

/// <summary>What a job says at the end of each epoch. With its checkpoint, the job can go on elsewhere from here.</summary>
[GenerateSerializer, Immutable, Alias("EpochReport")]
public sealed record EpochReport
{
    /// <summary>The epoch that ended, from 1.</summary>
    [Id(0)] public required int Epoch { get; init; }

    /// <summary>Iterations of this epoch.</summary>
    [Id(1)] public required int Iterations { get; init; }

    /// <summary>Mean cross-entropy over the epoch's iterations, each before its update.</summary>
    [Id(2)] public required double Loss { get; init; }

    /// <summary>Percent of the epoch's training images that were classified right, each before its update.</summary>
    [Id(3)] public required double TrainAccuracy { get; init; }

    /// <summary>Step size of this epoch.</summary>
    [Id(4)] public required double LearningRate { get; init; }

    /// <summary>Live context tokens of the image branch at the epoch's end.</summary>
    [Id(5)] public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch at the epoch's end.</summary>
    [Id(6)] public required int TextContextTokens { get; init; }

    /// <summary>Wall-clock time of the epoch.</summary>
    [Id(7)] public required TimeSpan Duration { get; init; }

    /// <summary>The prune steps of this epoch.</summary>
    [Id(8)] public required PruneStep[] PruneSteps { get; init; }

    /// <summary>The whole state of the job after this epoch, a safetensors file.</summary>
    [Id(9)] public required byte[] Checkpoint { get; init; }

    /// <summary>Training images of this epoch's iterations, each counted as often as it was used.</summary>
    [Id(10)] public long Images { get; init; }
}

/// <summary>What a finished job found.</summary>
[GenerateSerializer, Immutable, Alias("JobResult")]
public sealed record JobResult
{
    /// <summary>Test images classified right.</summary>
    [Id(0)] public required int TestCorrect { get; init; }

    /// <summary>Test images.</summary>
    [Id(1)] public required int TestTotal { get; init; }

    /// <summary>Validation images classified right.</summary>
    [Id(2)] public required int ValidationCorrect { get; init; }

    /// <summary>Validation images.</summary>
    [Id(3)] public required int ValidationTotal { get; init; }

    /// <summary>Live context tokens of the image branch; 0 without prompts there.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch; 0 without prompts there.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>Entries of the trained tensors that are left at the end.</summary>
    [Id(6)] public required long TrainableParameters { get; init; }

    /// <summary>Multiply-adds of one image and one class prompt through the towers, at the final masks.</summary>
    [Id(7)] public required long MultiplyAdds { get; init; }

    /// <summary>Wall-clock time of the attempt that ended here.</summary>
    [Id(8)] public required TimeSpan Duration { get; init; }

    /// <summary>The trained tensors and masks, a safetensors file; null without training.</summary>
    [Id(9)] public byte[]? Prompts { get; init; }

    /// <summary>
    /// The multiply-adds that counters by module hooks find: convolution, linear modules and four for each element of a norm, but neither
    /// attention nor products of bare tensors. Papers often print this number; 0 from a version that did not count it.
    /// </summary>
    [Id(10)] public long HookMultiplyAdds { get; init; }

    /// <summary>Mean loss of the last epoch; null without training.</summary>
    [Id(11)] public double? FinalLoss { get; init; }

    /// <summary>
    /// What the job predicted for each validation and test image, compressed (JobPredictions of AdaptCluster.Sweeps reads it); null from a
    /// version that did not keep it, and where it is not kept.
    /// </summary>
    [Id(12)] public byte[]? Predictions { get; init; }

    /// <summary>What it found on each target of <see cref="JobDefinition.Evaluate"/>; null where it has none.</summary>
    [Id(13)] public TargetResult[]? Targets { get; init; }
}
