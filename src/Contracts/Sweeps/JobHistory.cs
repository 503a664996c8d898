using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The history of a job: its epochs and prune steps.</summary>
[GenerateSerializer, Immutable, Alias("JobHistory")]
public sealed record JobHistory
{
    /// <summary>The job's id, state and progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>The job's definition, with every default filled in.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>
    /// The epochs so far, in order. For a job that reused an earlier result, these are the epochs of the job that produced the result.
    /// </summary>
    [Id(2)] public required JobEpoch[] Epochs { get; init; }

    /// <summary>The prune steps so far, in order.</summary>
    [Id(3)] public required PruneStep[] Prunes { get; init; }

    /// <summary>The number of iterations in one epoch, which locates the epoch of a prune step; 0 for methods without training.</summary>
    [Id(4)] public required int IterationsPerEpoch { get; init; }
}

/// <summary>One epoch of a job.</summary>
[GenerateSerializer, Immutable, Alias("JobEpoch")]
public sealed record JobEpoch
{
    /// <summary>The epoch's number, starting at 1.</summary>
    [Id(0)] public required int Epoch { get; init; }

    /// <summary>The mean cross-entropy over the epoch's iterations, measured in each iteration before the update.</summary>
    [Id(1)] public required double Loss { get; init; }

    /// <summary>
    /// The percentage of the epoch's training images that were classified correctly, measured in each iteration before the update.
    /// </summary>
    [Id(2)] public required double TrainAccuracy { get; init; }

    /// <summary>The learning rate of the epoch.</summary>
    [Id(3)] public required double LearningRate { get; init; }

    /// <summary>The number of live context tokens in the image branch at the end of the epoch.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>The number of live context tokens in the text branch at the end of the epoch.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>
    /// The job's share of the time of the epoch's training steps. The time of a step is divided equally among the jobs that it trains.
    /// </summary>
    [Id(6)] public required TimeSpan Duration { get; init; }

    /// <summary>The number of the attempt that trained the epoch; 0 if the silo does not report it.</summary>
    [Id(7)] public AttemptNumber Attempt { get; init; }
}
