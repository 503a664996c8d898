using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using Npgsql;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What comes back from workers before its end. Leases last an hour here, so nothing moves because one has run out.</summary>
public sealed class HandBackTests : IAsyncLifetime
{
    private const string Spec =
        """{"name": "moved", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""";

    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_sweep_whose_store_takes_no_writes_says_so_until_it_takes_them_again()
    {
        var (id, _, jobs) = await BeginAsync();
        _host.Faults.Translate(new PostgresException("cannot execute UPDATE in a read-only transaction", "ERROR", "ERROR",
            PostgresErrorCodes.ReadOnlySqlTransaction));

        Assert.StartsWith("the store's database is read-only", (await _host.Sweep(id).StatusAsync()).Obstacle, StringComparison.Ordinal);

        Assert.All(await _host.Sweep(id).ReportAsync([.. jobs.Select(job => JobReport.Returned(job.Position, job.Attempt))]), Assert.True);
        Assert.Null((await _host.Sweep(id).StatusAsync()).Obstacle);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sweep")]
    [InlineData("queue")]
    public async Task The_pack_of_a_sweep_that_went_to_another_pool_waits_there_as_soon_as_its_worker_has_stopped_whoever_moved_meanwhile(
        string moved)
    {
        var (id, lease, jobs) = await BeginAsync();
        var sweep = _host.Sweep(id);
        await sweep.SetAsync(new ShareChange { Pool = "other" });
        Assert.Equal(LeaseDirective.Stop, await _host.Queue.RenewAsync(lease.Id));
        Assert.Null((await _host.QueueOf("other").LeaseAsync("silo", "new", LeaseId.New(), Samples.Offer)).Lease);

        if (moved == "sweep") await _host.LoseSweepsAsync();
        if (moved == "queue") await _host.MoveQueueAsync();
        await sweep.ReportAsync([.. jobs.Select(job => JobReport.Returned(job.Position, job.Attempt))]);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, []) { Sweep = id, Pack = lease.Pack });

        var taken = await _host.LeaseAsync("new", "other");
        Assert.Equal((id, lease.Pack), (taken.Sweep, taken.Pack));
        Assert.Null((await _host.Queue.LeaseAsync("silo", "old", LeaseId.New(), Samples.Offer)).Lease);
    }

    [Fact]
    public async Task Epochs_are_counted_once_though_a_dropped_checkpoint_makes_them_run_again()
    {
        var (id, lease, jobs) = await BeginAsync();
        var (sweep, job) = (_host.Sweep(id), jobs[0]);
        await sweep.ReportAsync([JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(1)),
            JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(2))]);
        var two = (await sweep.StatusAsync()).IterationsDone;
        await sweep.ReportAsync([.. jobs.Select(job => JobReport.Returned(job.Position, job.Attempt))]);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, []));

        var (_, again) = await LeaseAsync(id);
        Assert.Equal((2, two), ((await sweep.StatusAsync()).Running.Single(running => running.Id == job.Id).Epoch,
            (await sweep.StatusAsync()).IterationsDone));
        await sweep.ReportAsync(
            [JobReport.Failed(job.Position, again.Single(a => a.Position == job.Position).Attempt,
            new("no such checkpoint", Retry: true, DropCheckpoint: true))]);
        Assert.Equal((true, 0), (two > 0, (await sweep.StatusAsync()).IterationsDone));
    }

    private async Task<(SweepId Id, Lease Lease, JobAssignment[] Jobs)> BeginAsync()
    {
        var id = await _host.Front.SubmitAsync(Spec, "spec.json", new SubmitOptions { UseCache = false });
        var (lease, jobs) = await LeaseAsync(id);
        return (id, lease, jobs);
    }

    private async Task<(Lease Lease, JobAssignment[] Jobs)> LeaseAsync(SweepId id)
    {
        var lease = await _host.LeaseAsync("old");
        return (lease, (await _host.Sweep(id).BeginAsync(
            new PackStart(lease.Id, lease.Pack, "old", Samples.Environment, TrainerVersion.Current))).Jobs);
    }
}
