using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>The line of an arm over the epochs of its seeds.</summary>
public sealed class EpochMeanTests
{
    [Fact]
    public void The_mean_and_the_sample_standard_deviation_over_the_seeds_are_taken_epoch_by_epoch() =>
        Assert.Equal([new(1, 2, Math.Sqrt(2)), new(2, 5, 0)],
            EpochMean.Of([Run(1, 5), Run(3, 5)], epoch => epoch.Epoch, epoch => epoch.Loss));

    [Fact]
    public void A_line_ends_where_its_shortest_seed_does_and_seeds_that_have_not_begun_do_not_hold_it_back() =>
        Assert.Equal([new(1, 2, Math.Sqrt(2))],
            EpochMean.Of([Run(1, 5, 6), Run(3), Run()], epoch => epoch.Epoch, epoch => epoch.Loss));

    [Fact]
    public void One_seed_has_no_deviation_and_none_has_no_line()
    {
        Assert.Equal([new(1, 4, 0)], EpochMean.Of([Run(4)], epoch => epoch.Epoch, epoch => epoch.Loss));
        Assert.Empty(EpochMean.Of([Run()], epoch => epoch.Epoch, epoch => epoch.Loss));
    }

    private static JobEpoch[] Run(params double[] losses) =>
    [
        .. losses.Select((loss, i) => new JobEpoch
        {
            Epoch = i + 1,
            Loss = loss,
            TrainAccuracy = 0,
            LearningRate = 0,
            ImageContextTokens = 0,
            TextContextTokens = 0,
            Duration = TimeSpan.Zero,
        }),
    ];
}
