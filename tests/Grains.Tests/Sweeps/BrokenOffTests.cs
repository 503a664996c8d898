using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What a silo left half done when it died between two writes is finished by whoever asks for the sweep next.</summary>
public sealed class BrokenOffTests(GrainHost host) : IClassFixture<GrainHost>
{
    [Fact]
    public async Task A_cancel_that_broke_off_behind_its_first_write_is_gone_on_with()
    {
        var id = await SubmitAsync("cancelled");
        await host.LoseSweepsAsync();
        await host.Store.SetStateAsync(id, SweepState.Cancelling);

        await host.Sweep(id).CancelAsync();

        Assert.Equal(SweepState.Cancelled, (await host.Sweep(id).StatusAsync()).Summary.State);
        Assert.Equal(0, (await host.Queue.StatusAsync()).Waiting);
    }

    [Fact]
    public async Task A_retry_that_broke_off_behind_its_first_write_is_gone_on_with()
    {
        var id = await SubmitAsync("retried");
        var lease = await host.LeaseAsync("worker");
        var job = Assert.Single((await host.Sweep(id).BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment))).Jobs);
        await host.Sweep(id).ReportAsync([new JobReport(job.Position, job.Attempt, Fault: new("broken", Retry: false))]);
        await host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 0, []));
        Assert.Equal(SweepState.Failed, (await host.Sweep(id).StatusAsync()).Summary.State);
        await host.LoseSweepsAsync();
        await host.Store.MoveJobsAsync(id, [JobState.Failed], JobState.Queued);

        Assert.Equal(SweepState.Running, (await host.Sweep(id).StatusAsync()).Summary.State);

        Assert.Equal(id, (await host.LeaseAsync("worker")).Sweep);
    }

    private Task<SweepId> SubmitAsync(string name) => host.Front.SubmitAsync(
        $$"""{"name": "{{name}}", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""", "spec.json", new SubmitOptions { UseCache = false });
}
