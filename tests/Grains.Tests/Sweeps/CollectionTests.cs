using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What a sweep holds in memory is given back soon after its end.</summary>
public sealed class CollectionTests(GrainHost host) : IClassFixture<GrainHost>
{
    [Fact]
    public async Task The_grains_of_an_ended_sweep_leave_memory_and_come_back_as_they_were_when_somebody_asks()
    {
        var id = await host.Front.SubmitAsync("""{"name": "ended", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""",
            "spec.json", new SubmitOptions());
        var lease = (await host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer)).Lease!;
        var jobs = (await host.Sweep(id)
            .BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs;
        await host.Sweep(id).ReportAsync([JobReport.Completed(jobs[0].Position, jobs[0].Attempt, Samples.Result(7))]);
        await host.Coordinator(id).ResultsAsync();
        Assert.Equal((1, 1), await ActiveAsync());

        // The queue may be telling the sweep that its lease has ended: a grain that works is left to the next collection.
        for (var tries = 0; tries < 500 && await ActiveAsync() != (0, 0); tries++)
        {
            await host.CollectAsync();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal((0, 0), await ActiveAsync());
        Assert.Equal(SweepState.Completed, (await host.Sweep(id).StatusAsync()).Summary.State);
        Assert.NotNull((await host.Coordinator(id).ResultsAsync()).Rows[0].Average);
    }

    private async Task<(int Sweeps, int Coordinators)> ActiveAsync() =>
        (await host.ActiveAsync("sweep"), await host.ActiveAsync("coordinator"));
}
