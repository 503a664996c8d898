using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Step sizes as in CoOp (Dassl's ConstantWarmupScheduler over CosineAnnealingLR): constant warm-up, then a cosine that never reaches its
/// end.
/// </summary>
internal static class LearningRateSchedule
{
    /// <summary>
    /// The step size of one epoch: with E epochs, W of them warm-up, L·(1 + cos(π(e - W)/E))/2 for e ≥ W, counting e from 0.
    /// </summary>
    /// <param name="settings">The job's settings.</param>
    /// <param name="epoch">From 1.</param>
    internal static double At(TrainSettings settings, int epoch)
    {
        var afterWarmup = epoch - 1 - settings.LearningRateWarmupEpochs;
        if (afterWarmup < 0) return settings.WarmupLearningRate;
        return settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * afterWarmup / settings.Epochs));
    }
}
