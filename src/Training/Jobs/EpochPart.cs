using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>The finished part of an epoch, with what its report needs.</summary>
/// <param name="Steps">Iterations of the epoch done so far.</param>
/// <param name="LossSum">Sum of their losses.</param>
/// <param name="Correct">Images in them that were classified correctly.</param>
/// <param name="Duration">Their wall-clock time, over all attempts.</param>
/// <param name="PruneSteps">Their prune steps.</param>
internal sealed record EpochPart(int Steps, double LossSum, long Correct, TimeSpan Duration, IReadOnlyList<PruneStep> PruneSteps)
{
    /// <summary>The start of an epoch.</summary>
    internal static EpochPart None { get; } = new(0, 0, 0, TimeSpan.Zero, []);
}

/// <summary>A position in the training.</summary>
/// <param name="Epochs">Finished epochs.</param>
/// <param name="Part">The finished part of the next epoch.</param>
internal sealed record TrainingPosition(int Epochs, EpochPart Part)
{
    /// <summary>The position before the first iteration.</summary>
    internal static TrainingPosition Start { get; } = new(0, EpochPart.None);
}
