using System.Collections.Concurrent;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What a sweep mends each minute. Leases last an hour here, so nothing moves because one has run out.</summary>
public sealed class ReminderTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly GrainHost _host;
    private bool _queueIsAway;

    public ReminderTests() => _host = new()
    {
        Lasting = TimeSpan.FromHours(1),
        More = silo => silo.AddIncomingGrainCallFilter(async call =>
        {
            if (call.Grain is IQueueGrain) _calls.Enqueue(call.MethodName);
            if (_queueIsAway && call.MethodName is (nameof(IQueueGrain.ObstacleAsync) or nameof(IQueueGrain.HoldingAsync)))
                throw new TimeoutException("The queue does not answer.");
            await call.Invoke();
        }),
    };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_pack_that_the_queue_forgot_is_offered_again()
    {
        var id = await SubmitAsync("forgotten");
        await _host.Queue.WithdrawAsync(id);
        Assert.Null(await TryLeaseAsync());

        await _host.RemindAsync(id);

        Assert.Equal(id, (await TryLeaseAsync())!.Sweep);
    }

    [Fact]
    public async Task A_pack_that_is_leased_and_not_begun_yet_is_not_offered_a_second_time()
    {
        var id = await SubmitAsync("leased");
        Assert.NotNull(await TryLeaseAsync());

        await _host.RemindAsync(id);

        Assert.Null(await TryLeaseAsync());
    }

    [Fact]
    public async Task What_a_worker_handed_back_of_a_pack_that_it_still_has_is_offered_to_others()
    {
        var id = await SubmitAsync("returned");
        var lease = (await TryLeaseAsync())!;
        var jobs = await BeginAsync(lease.Id, lease);
        await _host.Sweep(id).ReportAsync([JobReport.Returned(jobs[0].Position, jobs[0].Attempt)]);

        await _host.RemindAsync(id);

        var other = (await TryLeaseAsync())!;
        Assert.Equal(jobs[0].Position, Assert.Single(await BeginAsync(other.Id, other)).Position);
    }

    [Fact]
    public async Task A_lease_that_the_queue_does_not_know_is_ended_and_what_it_had_waits()
    {
        var id = await SubmitAsync("unknown");
        var lease = (await TryLeaseAsync())!;
        var unknown = LeaseId.New();
        Assert.NotEmpty(await BeginAsync(unknown, lease));
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 0, []));
        while ((await _host.Queue.HoldingAsync(id)).Leases.Length > 0) await Task.Delay(10, TestContext.Current.CancellationToken);

        await _host.RemindAsync(id);

        Assert.Empty(await _host.Store.Leases.OpenLeasesAsync(id));
        Assert.Equal(lease.Pack, (await _host.LeaseAsync("worker")).Pack);
    }

    [Fact]
    public async Task A_sweep_whose_queue_does_not_answer_tells_its_status_and_loses_no_lease()
    {
        var id = await SubmitAsync("away");
        _queueIsAway = true;
        var status = await _host.Sweep(id).StatusAsync();
        Assert.Equal((SweepState.Running, null), (status.Summary.State, status.Obstacle));

        var lease = (await TryLeaseAsync())!;
        await BeginAsync(lease.Id, lease);
        await _host.RemindAsync(id);
        Assert.Equal([(lease.Pack, lease.Id)], await _host.Store.Leases.OpenLeasesAsync(id));
    }

    [Fact]
    public async Task A_cancellation_that_is_gone_on_with_at_the_activation_is_not_repeated_by_the_same_reminder()
    {
        var id = await SubmitAsync("cancelled");
        var lease = (await TryLeaseAsync())!;
        await BeginAsync(lease.Id, lease);
        await _host.LoseSweepsAsync();
        await _host.Store.Sweeps.SetStateAsync(id, SweepState.Cancelling);
        _calls.Clear();

        await _host.RemindAsync(id);
        Assert.Single(_calls, nameof(IQueueGrain.WithdrawAsync));
        await _host.RemindAsync(id);
        Assert.Equal(2, _calls.Count(call => call == nameof(IQueueGrain.WithdrawAsync)));
    }

    [Fact]
    public async Task The_reminder_of_a_sweep_whose_creation_failed_ends_and_that_of_another_clusters_sweep_stays()
    {
        await _host.ExecuteAsync("ALTER TABLE jobs RENAME TO away");
        await Assert.ThrowsAnyAsync<AdaptClusterException>(() => SubmitAsync("failed"));
        await _host.ExecuteAsync("ALTER TABLE away RENAME TO jobs");
        var failed = Assert.Single(await _host.RemindersAsync());

        for (var minute = 1; minute < SweepGrain.MostMissed; minute++) await _host.RemindAsync(failed);
        Assert.Equal([failed], await _host.RemindersAsync());
        await _host.ExecuteAsync($"""
            INSERT INTO sweeps (id, cluster, ordinal, name, state, submitted_ms, priority, parallel, pool, total_jobs, spec_json, plan_format, plan_json)
            VALUES ('{failed}', 'other', 1, 'other', 0, 0, 0, 0, '', 0, '', 1, '')
            """);
        await _host.RemindAsync(failed);
        Assert.Equal([failed], await _host.RemindersAsync());
        await _host.ExecuteAsync("DELETE FROM sweeps");
        await _host.RemindAsync(failed);
        Assert.Empty(await _host.RemindersAsync());
    }

    [Fact]
    public async Task A_sweep_says_what_is_unfinished_of_a_lease()
    {
        var id = await SubmitAsync("rests");
        var lease = (await TryLeaseAsync())!;
        Assert.Empty(await _host.Sweep(id).RestsAsync([lease.Id]));
        var jobs = await BeginAsync(lease.Id, lease);

        var all = Assert.Single(await _host.Sweep(id).RestsAsync([lease.Id, LeaseId.New()]));
        Assert.Equal((lease.Id, lease.Pack, 2), (all.Lease, all.Pack, all.Parts));
        await _host.Sweep(id).ReportAsync([JobReport.Completed(jobs[0].Position, jobs[0].Attempt, Samples.Result(1)),
            JobReport.EpochDone(jobs[1].Position, jobs[1].Attempt, Samples.Epoch(1))]);
        var rest = Assert.Single(await _host.Sweep(id).RestsAsync([lease.Id]));
        Assert.Equal((1, true), (rest.Parts, rest.Iterations < all.Iterations / 2));
    }

    /// <summary>One pack of two parts.</summary>
    private Task<SweepId> SubmitAsync(string name) => _host.Front.SubmitAsync(
        $$"""{"name": "{{name}}", "seeds": [1, 2], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [64]}]}""", "spec.json",
        new SubmitOptions { UseCache = false });

    private async Task<Lease?> TryLeaseAsync() => (await _host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer)).Lease;

    private async Task<JobAssignment[]> BeginAsync(LeaseId id, Lease lease) =>
        (await _host.Sweep(lease.Sweep).BeginAsync(new PackStart(id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current)))
            .Jobs;
}
