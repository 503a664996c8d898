using AdaptCluster.Client.Runs;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Tests.Runs;

/// <summary>When epochs ended, by what the store has: attempts' beginnings and ends, and epochs' durations.</summary>
public sealed class RunTimesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 29, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void An_epoch_ends_as_long_after_its_attempts_beginning_as_that_attempts_epochs_took()
    {
        var times = new RunTimes([Attempt(1, 0, 60), Attempt(2, 600, 700)], Noon.AddHours(-1));

        Assert.Equal([10.0, 20.0, 610.0, 620.0], Seconds(times.Of([Epoch(1, 1), Epoch(2, 1), Epoch(3, 2), Epoch(4, 2)])));
        Assert.Equal((Noon, Noon.AddSeconds(700)), (times.Started, times.Ended));
    }

    [Fact]
    public void No_epoch_ends_after_its_attempt_or_before_the_epoch_before_it()
    {
        var times = new RunTimes([Attempt(1, 0, 15), Attempt(2, 12, 40)], Noon);

        Assert.Equal([10.0, 15.0, 25.0], Seconds(times.Of([Epoch(1, 1), Epoch(2, 1), Epoch(3, 2)])));
    }

    [Fact]
    public void Without_attempts_epochs_follow_the_submission()
    {
        var times = new RunTimes([], Noon);

        Assert.Equal([10.0, 20.0], Seconds(times.Of([Epoch(1, 1), Epoch(2, 1)])));
        Assert.Null(times.Ended);
    }

    private static IEnumerable<double> Seconds(DateTimeOffset[] times) => times.Select(time => (time - Noon).TotalSeconds);

    private static JobAttempt Attempt(int number, int started, int ended) => new(new AttemptNumber(number), "w", Noon.AddSeconds(started),
        Noon.AddSeconds(ended), AttemptOutcome.Completed, null, null);

    private static JobEpoch Epoch(int number, int attempt) => new()
    {
        Epoch = number,
        Loss = 1,
        TrainAccuracy = 1,
        LearningRate = 1,
        ImageContextTokens = 1,
        TextContextTokens = 1,
        Duration = TimeSpan.FromSeconds(10),
        Attempt = new AttemptNumber(attempt),
    };
}
