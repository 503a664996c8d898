using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Optimisation;

/// <summary>
/// Learning rates as in CoOp (Dassl's ConstantWarmupScheduler over CosineAnnealingLR): constant warm-up, then a cosine that never reaches
/// its end.
/// </summary>
internal static class LearningRateSchedule
{
    /// <summary>
    /// The learning rate of one epoch: with E epochs, W of them warm-up, L·(1 + cos(π(e - W)/E))/2 for e ≥ W, counting e from 0; or L·((1 +
    /// cos(πe/E))/2)² (<see cref="LearningRateCurve.SquaredCosine"/>).
    /// </summary>
    /// <param name="settings">The job's settings.</param>
    /// <param name="epoch">From 1.</param>
    internal static double At(TrainSettings settings, int epoch)
    {
        var afterWarmup = epoch - 1 - settings.LearningRateWarmupEpochs;
        if (afterWarmup < 0) return settings.WarmupLearningRate;
        if (settings.LearningRateCurve == LearningRateCurve.Cosine)
            return settings.LearningRate * 0.5 * (1 + Math.Cos(Math.PI * afterWarmup / settings.Epochs));
        var cosine = 0.5 * (1 + Math.Cos(Math.PI * (epoch - 1) / settings.Epochs));
        return settings.LearningRate * cosine * cosine;
    }
}
