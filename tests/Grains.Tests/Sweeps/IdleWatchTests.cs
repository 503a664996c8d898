using AdaptCluster.Grains.Placement;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Grains.Tests.Sweeps;

public sealed class IdleWatchTests
{
    [Fact]
    public void Ten_minutes_after_the_last_call_it_is_time_to_leave()
    {
        var (time, leaves) = (new FakeTimeProvider(), 0);
        using var watch = new IdleWatch(time, TimeSpan.FromMinutes(10), () => leaves++);

        time.Advance(TimeSpan.FromMinutes(9));
        watch.Called();
        time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal(0, leaves);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(1, leaves);
    }
}
