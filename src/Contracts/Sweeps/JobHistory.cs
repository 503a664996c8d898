using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The course of a job: its epochs and prune steps.</summary>
[GenerateSerializer, Immutable, Alias("JobHistory")]
public sealed record JobHistory
{
    /// <summary>Its id, state and progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>Its definition, with every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>Its epochs so far, in order. For a job that reused an earlier result, the epochs of the job that gave it.</summary>
    [Id(2)] public required JobEpoch[] Epochs { get; init; }

    /// <summary>Its prune steps so far, in order.</summary>
    [Id(3)] public required PruneStep[] Prunes { get; init; }

    /// <summary>The number of iterations in one epoch, needed to find the epoch of a prune step; 0 for methods without training.</summary>
    [Id(4)] public required int IterationsPerEpoch { get; init; }
}

/// <summary>One epoch of a job.</summary>
[GenerateSerializer, Immutable, Alias("JobEpoch")]
public sealed record JobEpoch
{
    /// <summary>Its number, from 1.</summary>
    [Id(0)] public required int Epoch { get; init; }

    /// <summary>Mean cross-entropy over its iterations, each before its update.</summary>
    [Id(1)] public required double Loss { get; init; }

    /// <summary>The percentage of its training images that were classified correctly, each before its update.</summary>
    [Id(2)] public required double TrainAccuracy { get; init; }

    /// <summary>Its learning rate.</summary>
    [Id(3)] public required double LearningRate { get; init; }

    /// <summary>Live context tokens of the image branch at the end of the epoch.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch at the end of the epoch.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>Its wall-clock time.</summary>
    [Id(6)] public required TimeSpan Duration { get; init; }

    /// <summary>The attempt that it belongs to; 0 from a silo that does not report it.</summary>
    [Id(7)] public AttemptNumber Attempt { get; init; }
}
