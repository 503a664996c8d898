using AdaptCluster.Training.Methods.Adapt;
using CsCheck;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

public sealed class PruneScheduleTests
{
    [Fact]
    public void Tokens_go_every_period_counted_from_the_end_of_the_warm_up()
    {
        var schedule = new PruneSchedule(WarmupIterations: 8, Period: 5, Rate: 4, Target: 20);
        var removing = Enumerable.Range(1, 30).Where(i => schedule.Removals(i, 100) > 0);
        Assert.Equal([13, 18, 23, 28], removing);
    }

    [Fact]
    public void Scores_count_from_the_first_iteration_behind_the_warm_up_until_the_target_is_reached()
    {
        var schedule = new PruneSchedule(8, 5, 4, 20);
        Assert.False(schedule.Scores(8, 100));
        Assert.True(schedule.Scores(9, 21));
        Assert.False(schedule.Scores(9, 20));
    }

    [Fact]
    public void The_last_prune_step_stops_at_the_target_exactly() => Assert.Equal(1, new PruneSchedule(0, 5, 4, 21).Removals(5, 22));

    [Fact]
    public void However_long_it_runs_the_count_falls_to_the_target_and_never_below()
    {
        var settings = Gen.Select(Gen.Int[0, 20], Gen.Int[1, 9], Gen.Int[1, 9], Gen.Int[0, 50], Gen.Int[0, 50]);
        settings.Sample((warmup, period, rate, target, live) =>
        {
            var schedule = new PruneSchedule(warmup, period, rate, target);
            var left = live;
            for (var i = 1; i <= warmup + (period * 50); i++) left -= schedule.Removals(i, left);
            return left == Math.Min(live, target);
        });
    }
}
