using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Tests.Sweeps;

namespace AdaptCluster.Grains.Tests.Queue;

/// <summary>A queue that loses its memory finds in the store all that it must know. Leases last an hour here.</summary>
public sealed class QueueMovesTests : IAsyncLifetime
{
    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_queue_that_moves_while_the_store_is_away_loses_no_lease_and_leases_again_when_the_store_is_back()
    {
        var id = await SubmitAsync("moved");
        var lease = await BeginAsync();
        await _host.LoseQueueAsync();
        await _host.ExecuteAsync("ALTER TABLE sweeps RENAME TO away");

        Assert.Equal(LeaseDirective.Continue, await _host.Queue.RenewAsync(lease.Id));
        Assert.Null((await _host.Queue.LeaseAsync("silo", "other", LeaseId.New(), Samples.Offer)).Lease);
        await Assert.ThrowsAsync<GrainFaultException>(() => _host.Queue.HoldingAsync(id));
        Assert.StartsWith("the queue of pool 'cpu' reads its sweeps from the store", await _host.Queue.ObstacleAsync(id),
            StringComparison.Ordinal);

        await _host.ExecuteAsync("ALTER TABLE away RENAME TO sweeps");
        await _host.LoadedAsync();
        Assert.Equal([lease.Id], (await _host.Queue.HoldingAsync(id)).Leases);
        Assert.Equal(LeaseDirective.Lost, await _host.Queue.RenewAsync(LeaseId.New()));
        Assert.NotEqual(lease.Pack, (await _host.LeaseAsync("other")).Pack);
        Assert.Null((await _host.Queue.LeaseAsync("silo", "third", LeaseId.New(), Samples.Offer)).Lease);
    }

    [Fact]
    public async Task A_lease_that_its_worker_ends_while_the_queue_reads_the_store_is_not_held_on()
    {
        var id = await SubmitAsync("ended");
        var lease = await BeginAsync();
        await _host.LoseQueueAsync();

        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, []) { Sweep = id, Pack = lease.Pack });

        Assert.Equal([new(0), new(1)], new[] { (await _host.LeaseAsync("a")).Pack, (await _host.LeaseAsync("b")).Pack }.Order());
    }

    [Fact]
    public async Task A_sweep_that_cannot_be_read_keeps_no_other_from_its_workers_and_is_set_aside_until_it_is_offered_or_withdrawn()
    {
        var good = await SubmitAsync("good");
        var bad = new SweepId("bad-00000000");
        await _host.ExecuteAsync($"""
            INSERT INTO sweeps (id, cluster, ordinal, name, state, submitted_ms, priority, parallel, pool, total_jobs, spec_json, plan_format, plan_json)
            SELECT '{bad}', cluster, 0, 'bad', state, submitted_ms, 9, 0, pool, 1, spec_json, 99, plan_json FROM sweeps WHERE id = '{good}'
            """);
        await _host.MoveQueueAsync();

        Assert.Equal(good, (await _host.LeaseAsync("worker")).Sweep);
        Assert.Equal([bad.Value], (await _host.Queue.StatusAsync()).SetAside.Keys);
        Assert.Contains("set it aside", await _host.Queue.ObstacleAsync(bad), StringComparison.Ordinal);
        await _host.Queue.WithdrawAsync(bad);
        Assert.Empty((await _host.Queue.StatusAsync()).SetAside);

        await _host.MoveQueueAsync();
        Assert.Equal([bad.Value], (await _host.Queue.StatusAsync()).SetAside.Keys);
        await _host.Queue.OfferAsync(new SweepShare(bad, 0, 0, 1, Paused: false), []);
        Assert.Empty((await _host.Queue.StatusAsync()).SetAside);
    }

    [Fact]
    public async Task A_sweep_of_whose_jobs_the_store_gives_nothing_but_errors_keeps_no_other_from_its_workers()
    {
        var (good, bad) = (await SubmitAsync("good"), await SubmitAsync("bad"));
        await _host.LoseQueueAsync();
        await _host.ExecuteAsync("ALTER TABLE jobs RENAME TO all_jobs");
        await _host.ExecuteAsync(
            $"CREATE VIEW jobs AS SELECT * FROM all_jobs WHERE CASE WHEN sweep_id = '{bad}' THEN json(sweep_id) IS NULL ELSE 1 END");

        Assert.Equal(good, (await _host.LeaseAsync("worker")).Sweep);
        Assert.Equal([bad.Value], (await _host.Queue.StatusAsync()).SetAside.Keys);
    }

    [Fact]
    public async Task A_beginning_that_comes_after_the_end_of_its_lease_begins_nothing_and_one_that_its_worker_did_not_hear_of_is_no_loss()
    {
        var id = await SubmitAsync("late");
        var lease = await BeginAsync();
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, []) { Sweep = id, Pack = lease.Pack, Unbegun = true });
        while ((await _host.Queue.StatusAsync()).Waiting < 2) await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.Empty((await _host.Sweep(id).BeginAsync(
            new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs);
        Assert.Equal(2, (await _host.Sweep(id).LogAsync(null, null)).Count(attempt => attempt.Outcome == AttemptOutcome.Returned));
        Assert.Equal(0, (await _host.Sweep(id).StatusAsync()).RunningJobs);
    }

    [Fact]
    public async Task A_worker_whose_silo_leaves_is_not_waited_for()
    {
        await SubmitAsync("first");
        var leaving = await BeginAsync();
        await _host.LeaseAsync("stays");
        await _host.Queue.EndAsync(leaving.Id, new LeaseEnd(Requeue: false, 2, []) { Leaves = true });

        await _host.Queue.OfferAsync(new SweepShare(new("second-00000000"), 9, 0, 2, Paused: false, TrainerVersion.Current),
            [new(new(0), 100, Parts: 2)
        {
            Dataset = "dtd",
        }]);
        Assert.Equal(2, (await _host.LeaseAsync("comes")).Parts);
    }

    [Theory]
    [InlineData(true, LeaseDirective.Stop)]
    [InlineData(false, LeaseDirective.Drain)]
    public async Task A_queue_that_moves_tells_the_leases_of_a_paused_sweep_what_they_were_told_before(bool now, LeaseDirective told)
    {
        var id = await SubmitAsync("paused");
        var lease = await BeginAsync();
        await _host.Sweep(id).PauseAsync(now);

        await _host.MoveQueueAsync();
        Assert.Equal(told, await _host.Queue.RenewAsync(lease.Id));
        Assert.Null((await _host.Queue.LeaseAsync("silo", "other", LeaseId.New(), Samples.Offer)).Lease);

        await _host.Sweep(id).ResumeAsync();
        Assert.Equal(LeaseDirective.Continue, await _host.Queue.RenewAsync(lease.Id));
        await _host.Sweep(id).PauseAsync(now: false);
        await _host.MoveQueueAsync();
        Assert.Equal(LeaseDirective.Drain, await _host.Queue.RenewAsync(lease.Id));
    }

    [Fact]
    public async Task A_quarantine_outlives_the_queue_that_gave_it()
    {
        await SubmitAsync("quarantined");
        var lease = await BeginAsync();
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, Jobs(3)));
        while ((await _host.Store.Quarantines.QuarantinesAsync(GrainHost.Pool)).Count == 0)
            await Task.Delay(20, TestContext.Current.CancellationToken);

        await _host.MoveQueueAsync();

        var answer = await _host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer);
        Assert.InRange(answer.QuarantinedFor!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        Assert.NotNull((await _host.Queue.LeaseAsync("another silo", "worker", LeaseId.New(), Samples.Offer)).Lease);
    }

    [Fact]
    public async Task A_silo_that_lacks_what_jobs_need_is_not_quarantined_and_runs_others()
    {
        await SubmitAsync("unfit");
        var lease = await BeginAsync();

        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: true, 0, Jobs(3)) { Unfit = "it lacks the files" });

        Assert.Empty((await _host.Queue.StatusAsync()).Quarantined);
        Assert.NotEqual(lease.Pack, (await _host.LeaseAsync("worker")).Pack);
    }

    private static JobId[] Jobs(int count) => [.. Enumerable.Range(0, count).Select(i => new JobId($"{i:x16}"))];

    /// <summary>Two packs.</summary>
    private Task<SweepId> SubmitAsync(string name) => _host.Front.SubmitAsync(
        $$"""{"name": "{{name}}", "seeds": [1], "datasets": ["dtd", "pets"], "arms": [{"method": "adapt", "tTarget": [128, 64]}]}""",
        "spec.json", new SubmitOptions { UseCache = false });

    private async Task<Lease> BeginAsync()
    {
        var lease = await _host.LeaseAsync("worker");
        Assert.NotEmpty((await _host.Sweep(lease.Sweep)
            .BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs);
        return lease;
    }
}
