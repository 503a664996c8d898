using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Retention;
using AdaptCluster.Storage;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>Sweeps that are deleted by name, by age and by size.</summary>
public sealed class RetentionTests : IAsyncLifetime
{
    private static readonly TimeSpan Days = TimeSpan.FromDays(30);
    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromMinutes(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private IRetentionGrain Retention => _host.Grains.GetGrain<IRetentionGrain>(0);

    [Fact]
    public async Task What_a_dry_run_says_is_what_is_deleted_then_and_it_deletes_nothing_itself()
    {
        var (old, young, runs) = (await CompletedAsync("old"), await CompletedAsync("young"), await SubmitAsync("runs", 2));
        await AgeAsync(old, 31);
        await AgeAsync(runs, 31);
        var request = new PruneRequest { Older = Days };

        var told = await Retention.PruneAsync(request with { DryRun = true });
        Assert.Equal(3, (await _host.Front.ListAsync()).Length);
        var done = await Retention.PruneAsync(request);

        Assert.Equal((told.Bytes, told.StoreBytes, told.KeepResults), (done.Bytes, done.StoreBytes, done.KeepResults));
        Assert.Equal(told.Sweeps, done.Sweeps);
        Assert.Equal(told.Kept, done.Kept);
        Assert.Equal(old.Value, Assert.Single(done.Sweeps).Id);
        Assert.Equal(new KeptSweep(runs.Value,
            $"sweep {runs} is running and cannot be deleted; cancel it first with 'sweep cancel {runs}'."), Assert.Single(done.Kept));
        Assert.Equal([runs.Value, young.Value], (await _host.Front.ListAsync()).Select(sweep => sweep.Id));
        Assert.Empty((await Retention.PruneAsync(request)).Sweeps);
    }

    [Fact]
    public async Task A_sweep_that_is_deleted_is_gone_and_the_same_spec_makes_it_anew()
    {
        var id = await CompletedAsync("gone");
        Assert.Equal(SweepState.Completed, (await _host.Coordinator(id).ResultsAsync()).State);

        Assert.Equal(id.Value, Assert.Single((await Retention.PruneAsync(new PruneRequest { Sweep = id })).Sweeps).Id);

        foreach (var call in (Func<Task>[])[() => _host.Sweep(id).StatusAsync(), () => _host.Coordinator(id).ResultsAsync(),
            () => _host.Sweep(id).ResumeAsync(), () => Retention.PruneAsync(new PruneRequest { Sweep = id })])
        {
            var missing = await Assert.ThrowsAsync<InvalidInputException>(call);
            Assert.Contains($"there is no sweep '{id}'", missing.Message, StringComparison.Ordinal);
        }
        Assert.DoesNotContain(id, await _host.RemindersAsync());
        Assert.Equal(id, await SubmitAsync("gone", 1));
        Assert.Equal(SweepState.Running, (await _host.Sweep(id).StatusAsync()).Summary.State);
        await CompleteAsync(id);
        Assert.Equal(SweepState.Completed, (await _host.Sweep(id).StatusAsync()).Summary.State);
    }

    [Fact]
    public async Task What_runs_is_paused_or_has_a_lease_is_refused_in_words()
    {
        var id = await SubmitAsync("runs", 1);
        var request = new PruneRequest { Sweep = id };
        await RefusedAsync($"sweep {id} is running and cannot be deleted; cancel it first with 'sweep cancel {id}'.");
        var lease = await _host.LeaseAsync("w");
        await BeginAsync(id, lease);
        await _host.Sweep(id).CancelAsync();
        await RefusedAsync(
            $"sweep {id} is being cancelled and cannot be deleted yet; 'sweep status {id}' shows the workers that it waits for.");

        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, 0, []) { Sweep = id, Pack = lease.Pack });
        await IsAsync(id, SweepState.Cancelled);
        Assert.Single((await Retention.PruneAsync(request)).Sweeps);
        // A worker that was cut off and comes back late changes nothing.
        Assert.False(Assert.Single(
            await _host.Sweep(id).ReportAsync([JobReport.Completed(new(0), new(1), Samples.Result(1))])));

        async Task RefusedAsync(string words)
        {
            Assert.Equal(words, (await Assert.ThrowsAsync<InvalidInputException>(() => Retention.PruneAsync(request))).Message);
            Assert.Equal(words, (await Assert.ThrowsAsync<InvalidInputException>(() =>
                Retention.PruneAsync(request with { DryRun = true }))).Message);
        }
    }

    [Fact]
    public async Task A_running_sweep_keeps_what_it_took_from_one_that_is_deleted()
    {
        var old = await CompletedAsync("old");
        var id = await SubmitAsync("new", 2);
        var results = await _host.Coordinator(id).ResultsAsync();
        Assert.Equal((2, 1, 1), (results.Jobs.Total, results.Jobs.Completed, results.Jobs.Cached));

        Assert.Equal(1, Assert.Single((await Retention.PruneAsync(new PruneRequest { Sweep = old })).Sweeps).Answered);

        await CompleteAsync(id);
        var after = await _host.Coordinator(id).ResultsAsync();
        Assert.Equal((SweepState.Completed, 2), (after.State, after.Jobs.Completed));
    }

    [Fact]
    public async Task Predictions_go_by_themselves_and_the_sweep_stays_with_its_results()
    {
        var id = await CompletedAsync("predicted");
        var results = await _host.Coordinator(id).ResultsAsync();
        var job = (await _host.Sweep(id).JobsAsync(new JobQuery())).Jobs[0].Status.Id.Value;
        Assert.NotNull(await _host.Sweep(id).FileAsync(job, JobFile.Predictions));

        Assert.Equal(0, (await Retention.PruneAsync(new PruneRequest { PredictionsOlder = Days, PredictionBytes = 3 })).Predictions);
        Assert.Equal(1, (await Retention.PruneAsync(new PruneRequest { PredictionBytes = 2, DryRun = true })).Predictions);
        Assert.NotNull(await _host.Sweep(id).FileAsync(job, JobFile.Predictions));
        Assert.Equal(1, (await Retention.PruneAsync(new PruneRequest { PredictionBytes = 2 })).Predictions);

        Assert.Null(await _host.Sweep(id).FileAsync(job, JobFile.Predictions));
        Assert.Equal(results.Jobs, (await _host.Coordinator(id).ResultsAsync()).Jobs);
        Assert.Equal(0, (await Retention.PruneAsync(new PruneRequest { PredictionBytes = 1 })).Predictions);
    }

    [Fact]
    public async Task A_sweep_that_cannot_be_read_stays_with_the_reason_and_keeps_no_other_one()
    {
        var (later, good) = (await CompletedAsync("later"), await CompletedAsync("good"));
        foreach (var id in (SweepId[])[later, good]) await AgeAsync(id, 31);
        // Under another id, since this silo has the plan in its memory.
        var unknown = new SweepId("later-00000000");
        await _host.ExecuteAsync($"UPDATE sweeps SET id = '{unknown}', plan_format = 999 WHERE id = '{later}'");

        var report = await Retention.PruneAsync(new PruneRequest { Older = Days });

        Assert.Equal(good.Value, Assert.Single(report.Sweeps).Id);
        Assert.Equal(unknown.Value, Assert.Single(report.Kept).Id);
    }

    [Fact]
    public async Task What_is_deleted_is_in_the_audit_log_and_readers_delete_nothing()
    {
        var id = await CompletedAsync("audited");
        new Caller(CallerWay.Token, "read token", IsReadOnly: true).Apply();
        await Assert.ThrowsAsync<InvalidInputException>(() => Retention.PruneAsync(new PruneRequest { PredictionBytes = 1 }));
        new Caller(CallerWay.Retention, "retention").Apply();
        await Retention.PruneAsync(new PruneRequest { PredictionBytes = 1 });
        await Retention.PruneAsync(new PruneRequest { Older = TimeSpan.Zero });

        Assert.Equal(
        [
            "Refused read token this login has read-only access", "Done retention the predictions of 1 sweep", $"Done retention {id}",
        ], (await _host.Front.AuditAsync(new AuditQuery())).Where(entry => entry.Action == AuditAction.Delete).Reverse()
            .Select(entry => $"{entry.Outcome} {entry.Name} {entry.Detail ?? entry.Sweep}"));
    }

    [Fact]
    public void By_size_the_sweeps_that_were_submitted_first_go_until_the_rest_fits()
    {
        SweepSize[] sweeps =
        [
            Size("a", SweepState.Completed, 100), Size("b", SweepState.Running, 100), Size("c", SweepState.Failed, 100),
            Size("d", SweepState.Completed, 100),
        ];

        Assert.Equal(["a-00000000", "c-00000000"], Chosen(new PruneRequest { StoreBytes = 250 }));
        Assert.Equal(["a-00000000"], Chosen(new PruneRequest { StoreBytes = 300 }));
        Assert.Empty(Chosen(new PruneRequest { StoreBytes = 400 }));
        Assert.Equal(["a-00000000", "c-00000000", "d-00000000"], Chosen(new PruneRequest { StoreBytes = 1 }));
        // What goes by age counts first.
        Assert.Equal(["a-00000000", "c-00000000", "d-00000000"], Chosen(new PruneRequest { Older = TimeSpan.Zero, StoreBytes = 350 }));
        Assert.Empty(Chosen(new PruneRequest { CheckpointsOlder = TimeSpan.Zero }));

        string[] Chosen(PruneRequest request) =>
            [.. RetentionChoice.Of(sweeps, request, DateTimeOffset.UnixEpoch).Delete.Select(sweep => sweep.Id.Value)];
    }

    private static SweepSize Size(string name, SweepState state, long bytes) => new(new($"{name}-00000000"), state, 0,
        state.HasEnded ? 0 : null, IsReduced: false, 1, bytes, 0, 0, 0, 0, 0, 0);

    private async Task<SweepId> CompletedAsync(string name)
    {
        var id = await SubmitAsync(name, 1, useCache: false);
        await CompleteAsync(id);
        return id;
    }

    private async Task CompleteAsync(SweepId id)
    {
        var lease = await _host.LeaseAsync("w");
        Assert.Equal(id, lease.Sweep);
        var begun = await BeginAsync(id, lease);
        await _host.Sweep(id).ReportAsync([.. begun.Jobs.Select(job =>
            JobReport.Completed(job.Position, job.Attempt, Samples.Result(7) with { Predictions = [1, 2, 3] }))]);
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, begun.Jobs.Length, []) { Sweep = id, Pack = lease.Pack });
        await IsAsync(id, SweepState.Completed);
    }

    private async Task IsAsync(SweepId id, SweepState state)
    {
        while ((await _host.Sweep(id).StatusAsync()).Summary.State != state) await Task.Delay(20, TestContext.Current.CancellationToken);
    }

    private Task<PackAssignment> BeginAsync(SweepId id, Lease lease) =>
        _host.Sweep(id).BeginAsync(new PackStart(lease.Id, lease.Pack, "w", Samples.Environment, TrainerVersion.Current));

    private Task AgeAsync(SweepId id, int days)
    {
        var ms = days * 86_400_000L;
        return _host.ExecuteAsync($"UPDATE sweeps SET submitted_ms = submitted_ms - {ms}, ended_ms = ended_ms - {ms} WHERE id = '{id}'");
    }

    private Task<SweepId> SubmitAsync(string name, int seeds, bool useCache = true) => _host.Front.SubmitAsync(
        $$"""
        {"name": "{{name}}", "datasets": ["dtd"], "seeds": [{{string.Join(", ", Enumerable.Range(1, seeds))}}],
         "arms": [{"method": "adapt", "tTarget": 128}]}
        """,
        "spec.json", new SubmitOptions { UseCache = useCache });
}
