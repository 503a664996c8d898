using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Orleans.Configuration;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>A step of the wall clock, as after a virtual machine's resume, moves no deadline.</summary>
public sealed class ClockTests
{
    private const string Spec = """{"name": "clock", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 64}]}""";

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_lease_ends_in_its_time_whether_the_wall_clock_goes_an_hour_back_or_ahead(int hours)
    {
        var clock = new SteppedClock();
        var host = new GrainHost { Clock = clock };
        await host.InitializeAsync();
        await using var ends = host;
        await host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions { UseCache = false });
        var lease = await host.LeaseAsync("renews");

        clock.Step(TimeSpan.FromHours(hours));
        for (var renewal = 0; renewal < 10; renewal++)
        {
            Assert.Equal(LeaseDirective.Continue, await host.Queue.RenewAsync(lease.Id));
            await Task.Delay(GrainHost.LeaseDuration / 3, TestContext.Current.CancellationToken);
        }

        // Its worker falls silent: the pack goes to another one now, and not in an hour.
        Assert.NotEqual(lease.Id, (await host.LeaseAsync("next")).Id);
        Assert.Equal(LeaseDirective.Lost, await host.Queue.RenewAsync(lease.Id));
    }

    [Fact]
    public async Task Sweeps_are_submitted_and_read_after_the_wall_clock_has_gone_ahead_and_back()
    {
        var clock = new SteppedClock();
        var host = new GrainHost
        {
            Clock = clock,
            More = silo => silo.Configure<GrainCollectionOptions>(o => o.CollectionQuantum = TimeSpan.FromSeconds(1)),
        };
        await host.InitializeAsync();
        await using var ends = host;

        clock.Step(TimeSpan.FromHours(1));
        // Until Orleans' collector has looked at the clock.
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        clock.Step(TimeSpan.FromHours(-1));

        var id = await host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions { UseCache = false });
        Assert.Equal(1, (await host.Sweep(id).StatusAsync()).Summary.Jobs.Total);
        Assert.NotEmpty((await host.Coordinator(id).ResultsAsync()).Rows);
    }

    /// <summary>The system's time, whose wall clock can be set.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private long _offset;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _offset));

        public void Step(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);
    }
}
