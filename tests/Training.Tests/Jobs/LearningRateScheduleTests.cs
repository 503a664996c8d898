using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Optimisation;

namespace AdaptCluster.Training.Tests.Jobs;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void The_default_warms_up_for_an_epoch_and_starts_the_cosine_at_its_peak()
    {
        var settings = new TrainSettings();
        Assert.Equal(1e-5, LearningRateSchedule.At(settings, 1));
        Assert.Equal(0.0025, LearningRateSchedule.At(settings, 2));
        Assert.Equal(0.0025 * 0.5 * (1 + Math.Cos(Math.PI * 98 / 100)), LearningRateSchedule.At(settings, 100));
    }

    [Fact]
    public void Without_warm_up_the_first_epoch_is_the_peak()
    {
        var settings = new TrainSettings { Epochs = 4, LearningRateWarmupEpochs = 0 };
        var rates = Enumerable.Range(1, 4).Select(epoch => LearningRateSchedule.At(settings, epoch));
        Assert.Equal([0.0025, 0.0021338834764831845, 0.00125, 0.0003661165235168155], rates, Close);
    }

    [Fact]
    public void The_squared_cosine_has_the_step_sizes_of_KgCoOp_s_log()
    {
        var settings = KnownMethods.All.Find(MethodNames.KgCoOp).Preset with { LearningRateCurve = LearningRateCurve.SquaredCosine };
        Assert.Equal(1.197732e-6, LearningRateSchedule.At(settings, 91), 1e-12);
        Assert.Equal(1.217413e-10, LearningRateSchedule.At(settings, 100), 1e-16);
    }

    private static bool Close(double a, double b) => Math.Abs(a - b) < 1e-15;
}
