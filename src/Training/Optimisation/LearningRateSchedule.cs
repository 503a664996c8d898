using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Training.Optimisation;

/// <summary>
/// CoOp's learning-rate schedule (Dassl's ConstantWarmupScheduler over CosineAnnealingLR): a constant warm-up, then a cosine decay that
/// stops before it reaches 0.
/// </summary>
internal static class LearningRateSchedule
{
    /// <summary>
    /// Returns the learning rate for an epoch. With E epochs, W warm-up epochs and e counted from 0, it is L·(1 + cos(π(e - W)/E))/2 for e
    /// ≥ W, or L·((1 + cos(πe/E))/2)² with <see cref="LearningRateCurve.SquaredCosine"/>. L is <see cref="TrainSettings.LearningRate"/>.
    /// </summary>
    /// <param name="settings">The job's settings.</param>
    /// <param name="epoch">The epoch, counted from 1.</param>
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
