using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What a silo left half done when it died between two writes is finished by whoever asks for the sweep next.</summary>
public sealed class BrokenOffTests : IAsyncLifetime
{
    // Leases outlast what a test does meanwhile.
    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromMinutes(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_cancel_that_broke_off_behind_its_first_write_is_gone_on_with()
    {
        var id = await SubmitAsync("cancelled");
        await _host.LoseSweepsAsync();
        await _host.Store.Sweeps.SetStateAsync(id, SweepState.Cancelling);

        await _host.Sweep(id).CancelAsync();

        Assert.Equal(SweepState.Cancelled, (await _host.Sweep(id).StatusAsync()).Summary.State);
        Assert.Equal(0, (await _host.Queue.StatusAsync()).Waiting);
    }

    [Fact]
    public async Task A_retry_that_broke_off_behind_its_first_write_is_gone_on_with()
    {
        var id = await SubmitAsync("retried");
        var (lease, job) = await BeginAsync(id);
        await _host.Sweep(id).ReportAsync([JobReport.Failed(job.Position, job.Attempt, new("broken", Retry: false))]);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 0, []));
        Assert.Equal(SweepState.Failed, (await _host.Sweep(id).StatusAsync()).Summary.State);
        await _host.LoseSweepsAsync();
        await _host.Store.Jobs.MoveJobsAsync(id, [JobState.Failed], JobState.Queued);

        Assert.Equal(SweepState.Running, (await _host.Sweep(id).StatusAsync()).Summary.State);

        Assert.Equal(id, (await _host.LeaseAsync("worker")).Sweep);
    }

    [Fact]
    public async Task A_cache_check_that_broke_off_behind_the_result_is_made_up_for()
    {
        var first = await SubmitAsync("first");
        await RunAsync(first, 7);
        var id = await _host.Front.SubmitAsync(Spec("second"), "spec.json", new SubmitOptions { VerifyCache = 1 });
        var (lease, job) = await BeginAsync(id);
        await _host.LoseSweepsAsync();
        // The silo died when the store had the result, before it was compared; the worker, who heard nothing, says it again.
        var report = JobReport.Completed(job.Position, job.Attempt, Samples.Result(8));
        await _host.Store.Attempts.ApplyAsync(id, [report], JobState.Queued);

        Assert.True(Assert.Single(await _host.Sweep(id).ReportAsync([report])));

        var status = await _host.Sweep(id).StatusAsync();
        Assert.Equal(SweepState.Completed, status.Summary.State);
        Assert.Contains("test 7/100", Assert.Single(status.CacheMismatches).Error, StringComparison.Ordinal);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 1, []));
    }

    private async Task RunAsync(SweepId id, int correct)
    {
        var (lease, job) = await BeginAsync(id);
        await _host.Sweep(id).ReportAsync([JobReport.Completed(job.Position, job.Attempt, Samples.Result(correct))]);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 1, []));
    }

    private async Task<(Lease Lease, JobAssignment Job)> BeginAsync(SweepId id)
    {
        var lease = await _host.LeaseAsync("worker");
        return (
            lease,
            Assert.Single((await _host.Sweep(id).BeginAsync(
            new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs));
    }

    private static string Spec(string name) =>
        $$"""{"name": "{{name}}", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}""";

    private Task<SweepId> SubmitAsync(string name) => _host.Front.SubmitAsync(Spec(name), "spec.json", new SubmitOptions
    {
        UseCache = false,
    });
}
