using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>How a job came to its result: its epochs and the context tokens that it lost.</summary>
[GenerateSerializer, Immutable, Alias("JobHistory")]
public sealed record JobHistory
{
    /// <summary>Id, state, progress.</summary>
    [Id(0)] public required JobStatus Status { get; init; }

    /// <summary>What it computes, every default written out.</summary>
    [Id(1)] public required JobDefinition Definition { get; init; }

    /// <summary>Its epochs so far, in their order; of a job that took over an earlier result, those of the run that gave it.</summary>
    [Id(2)] public required JobEpoch[] Epochs { get; init; }

    /// <summary>Its prune steps so far, in their order.</summary>
    [Id(3)] public required PruneStep[] Prunes { get; init; }

    /// <summary>Iterations of one epoch, by which the epoch of a prune step is found; 0 without training.</summary>
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

    /// <summary>Percent of its training images that were classified right, each before its update.</summary>
    [Id(2)] public required double TrainAccuracy { get; init; }

    /// <summary>Its step size.</summary>
    [Id(3)] public required double LearningRate { get; init; }

    /// <summary>Live context tokens of the image branch at its end.</summary>
    [Id(4)] public required int ImageContextTokens { get; init; }

    /// <summary>Live context tokens of the text branch at its end.</summary>
    [Id(5)] public required int TextContextTokens { get; init; }

    /// <summary>How long it took.</summary>
    [Id(6)] public required TimeSpan Duration { get; init; }

    /// <summary>The attempt that it belongs to; 0 from a silo that does not say.</summary>
    [Id(7)] public AttemptNumber Attempt { get; init; }
}
