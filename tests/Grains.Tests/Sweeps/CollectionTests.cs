using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What a sweep holds in memory is given back soon after its end.</summary>
public sealed class CollectionTests : IAsyncLifetime
{
    // The test renews nothing, and a job whose lease has run out is not done.
    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_grains_of_an_ended_sweep_leave_memory_and_come_back_as_they_were_when_somebody_asks()
    {
        var id = await _host.Front.SubmitAsync("""{"name": "ended", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""",
            "spec.json", new SubmitOptions());
        var lease = (await _host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer)).Lease!;
        var jobs = (await _host.Sweep(id)
            .BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs;
        var accepted = await _host.Sweep(id).ReportAsync([JobReport.Completed(jobs[0].Position, jobs[0].Attempt, Samples.Result(7))]);
        Assert.Equal((bool[])[true], accepted);
        await _host.Coordinator(id).ResultsAsync();
        Assert.Equal((1, 1), await ActiveAsync());

        // The queue may be telling the sweep that its lease has ended: a grain that works is left to the next collection.
        for (var tries = 0; tries < 500 && await ActiveAsync() != (0, 0); tries++)
        {
            await _host.CollectAsync();
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        Assert.Equal((0, 0), await ActiveAsync());
        Assert.Equal(SweepState.Completed, (await _host.Sweep(id).StatusAsync()).Summary.State);
        Assert.NotNull((await _host.Coordinator(id).ResultsAsync()).Rows[0].Average);
    }

    private async Task<(int Sweeps, int Coordinators)> ActiveAsync() =>
        (await _host.ActiveAsync("sweep"), await _host.ActiveAsync("coordinator"));
}
