using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>The finished part of an epoch, with statistics for the epoch's report.</summary>
/// <param name="Steps">The number of finished iterations in the epoch.</param>
/// <param name="LossSum">The sum of the losses over these iterations.</param>
/// <param name="Correct">The number of images classified correctly in these iterations.</param>
/// <param name="Duration">The wall-clock time of these iterations, over all attempts.</param>
/// <param name="PruneSteps">The prune steps in these iterations.</param>
internal sealed record EpochPart(int Steps, double LossSum, long Correct, TimeSpan Duration, IReadOnlyList<PruneStep> PruneSteps)
{
    /// <summary>The empty part at the start of an epoch.</summary>
    internal static EpochPart None { get; } = new(0, 0, 0, TimeSpan.Zero, []);
}

/// <summary>A position in a training run.</summary>
/// <param name="Epochs">The number of finished epochs.</param>
/// <param name="Part">The finished part of the next epoch.</param>
internal sealed record TrainingPosition(int Epochs, EpochPart Part)
{
    /// <summary>The position before the first iteration.</summary>
    internal static TrainingPosition Start { get; } = new(0, EpochPart.None);
}
