using AdaptCluster.Client.Output;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Client.Tests.Output;

public sealed class PersistentObstacleTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_command_that_is_all_its_sweep_has_ends_with_the_reason_when_nothing_can_run_for_a_quarter_of_an_hour()
    {
        var obstacle = new PersistentObstacle(isAlone: true, _time);
        obstacle.Check(Status("no silo can run it: data set 'pets' has changed"));
        _time.Advance(PersistentObstacle.Patience);

        var error = Assert.Throws<AdaptClusterException>(() => obstacle.Check(Status("no silo can run it: data set 'pets' has changed")));

        Assert.Equal(
            "s makes no progress: no silo can run it: data set 'pets' has changed. Fix this, then run the same command again to "
                + "resume.", error.Message);
    }

    [Fact]
    public void An_obstacle_that_goes_away_between_is_waited_for()
    {
        var obstacle = new PersistentObstacle(isAlone: true, _time);
        for (var look = 0; look < 10; look++)
        {
            obstacle.Check(Status(look % 2 == 0 ? "no silo has workers" : null));
            _time.Advance(PersistentObstacle.Patience * 0.9);
        }
    }

    [Fact]
    public void On_a_cluster_somebody_else_may_mend_it()
    {
        var obstacle = new PersistentObstacle(isAlone: false, _time);
        for (var look = 0; look < 3; look++)
        {
            obstacle.Check(Status("no silo has workers"));
            _time.Advance(TimeSpan.FromHours(1));
        }
    }

    private static SweepStatus Status(string? obstacle) => PackLinesTests.Status() with { Obstacle = obstacle };
}
