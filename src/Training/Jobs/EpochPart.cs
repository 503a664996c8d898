using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>The part of an epoch that has run, as its report needs it.</summary>
/// <param name="Steps">Iterations of the epoch that are done.</param>
/// <param name="LossSum">Sum of their losses.</param>
/// <param name="Correct">Images of them that were classified right.</param>
/// <param name="Duration">Wall-clock time they took, over all attempts.</param>
/// <param name="PruneSteps">Their prune steps.</param>
internal sealed record EpochPart(int Steps, double LossSum, long Correct, TimeSpan Duration, IReadOnlyList<PruneStep> PruneSteps)
{
    /// <summary>The beginning of an epoch.</summary>
    internal static EpochPart None { get; } = new(0, 0, 0, TimeSpan.Zero, []);
}

/// <summary>Where a training stands.</summary>
/// <param name="Epochs">Epochs that are done.</param>
/// <param name="Part">What of the next one is done.</param>
internal sealed record TrainingPosition(int Epochs, EpochPart Part)
{
    /// <summary>Before the first iteration.</summary>
    internal static TrainingPosition Start { get; } = new(0, EpochPart.None);
}
