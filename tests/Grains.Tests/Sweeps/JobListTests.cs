using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>What people look up of a sweep's jobs: pages of them, one job's history, curves over T_target.</summary>
public sealed class JobListTests : IAsyncLifetime
{
    // Long leases: here the tests' own work takes time, and no lease shall end meanwhile.
    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static string Spec(string name) =>
        $$"""{"name": "{{name}}", "seeds": [1, 2], "datasets": ["dtd", "pets"], "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": [128, 64]}, {"method": "adapt", "tTarget": { "adaptive": [64, 96] } } ] }""";

    [Fact]
    public async Task A_page_holds_the_jobs_that_fit_in_the_order_of_the_plan_and_says_how_many_there_are()
    {
        var sweep = _host.Sweep(await SubmitAsync("pages"));

        var all = await sweep.JobsAsync(new JobQuery());
        var middle = await sweep.JobsAsync(new JobQuery { From = 3, Count = 4 });
        var adapt = await sweep.JobsAsync(new JobQuery { Method = "adapt", Dataset = "pets", Count = 2 });
        var text = await sweep.JobsAsync(new JobQuery { Text = "t=96 · DTD" });

        Assert.Equal((16, 16), (all.Total, all.Jobs.Length));
        Assert.Equal(all.Jobs[3..7].Select(job => job.Status.Id), middle.Jobs.Select(job => job.Status.Id));
        Assert.Equal(16, middle.Total);
        Assert.Equal((6, 2), (adapt.Total, adapt.Jobs.Length));
        Assert.All(adapt.Jobs, job => Assert.Equal(("adapt", "pets"), (job.Method, job.Dataset)));
        Assert.Equal(["adapt snip T=96 · dtd · seed 1", "adapt snip T=96 · dtd · seed 2"], text.Jobs.Select(job => job.Status.Description));
        Assert.Equal((16, 0), await CountAsync(sweep, new JobQuery { From = 99 }));
        Assert.Equal((0, 0), await CountAsync(sweep, new JobQuery { Dataset = "nothing" }));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 501)]
    [InlineData(-1, 10)]
    public async Task A_page_that_cannot_be_is_refused(int from, int count)
    {
        var sweep = _host.Sweep(await SubmitAsync("refused"));

        await Assert.ThrowsAsync<InvalidInputException>(() => sweep.JobsAsync(new JobQuery { From = from, Count = count }));
    }

    [Fact]
    public async Task A_state_and_other_filters_hold_together_and_results_show_their_accuracies()
    {
        var id = await SubmitAsync("states");
        var sweep = _host.Sweep(id);
        var done = await FinishPackAsync(id);

        var completed = await sweep.JobsAsync(new JobQuery { State = JobState.Completed });
        var (dataset, method) = (completed.Jobs[0].Dataset, completed.Jobs[0].Method);
        var part = await sweep.JobsAsync(new JobQuery { State = JobState.Completed, Dataset = dataset, Method = method });

        Assert.Equal(done.Order(), completed.Jobs.Select(job => job.Status.Id.Value).Order());
        Assert.Equal(completed.Jobs.Count(job => job.Dataset == dataset && job.Method == method), part.Total);
        Assert.All(completed.Jobs, job => Assert.Equal((7.0, 1.0), (job.TestAccuracy, job.ValidationAccuracy)));
        Assert.Equal(16 - done.Length, (await sweep.JobsAsync(new JobQuery { State = JobState.Queued })).Total);
        Assert.All((await sweep.JobsAsync(new JobQuery { State = JobState.Queued })).Jobs, job => Assert.Null(job.TestAccuracy));
    }

    [Fact]
    public async Task Jobs_that_trained_longest_come_first_before_jobs_without_a_result()
    {
        var id = await SubmitAsync("durations");
        var done = await FinishPackAsync(id);
        var sweep = _host.Sweep(id);

        var all = await sweep.JobsAsync(new JobQuery { LongestFirst = true, FailedFirst = true });
        var second = await sweep.JobsAsync(new JobQuery { LongestFirst = true, From = 1, Count = 1 });
        var completed = await sweep.JobsAsync(new JobQuery { LongestFirst = true, State = JobState.Completed });
        var queued = await sweep.JobsAsync(new JobQuery { LongestFirst = true, Method = "adapt", State = JobState.Queued });

        // FinishPackAsync gives each job of the pack one second more than the previous one.
        Assert.Equal(done.Reverse(), all.Jobs.Take(done.Length).Select(job => job.Status.Id.Value));
        Assert.Equal(Enumerable.Range(1, done.Length).Reverse().Select(seconds => (TimeSpan?)TimeSpan.FromSeconds(seconds)),
            completed.Jobs.Select(job => job.Duration));
        Assert.Equal((16, done[^2]), (second.Total, Assert.Single(second.Jobs).Status.Id.Value));
        Assert.All(all.Jobs[done.Length..], job => Assert.Null(job.Duration));
        Assert.Equal(queued.Total, queued.Jobs.Length);
        Assert.All(queued.Jobs, job => Assert.Equal(("adapt", JobState.Queued), (job.Method, job.Status.State)));
    }

    [Fact]
    public async Task The_history_of_a_job_is_its_epochs_and_prune_steps_and_a_cached_job_has_that_of_the_run_it_took_over()
    {
        var id = await SubmitAsync("history");
        var done = await FinishPackAsync(id, epochs: 3);
        var again = await _host.Front.SubmitAsync(Spec("history again"), "spec.json", new SubmitOptions());

        var own = await _host.Sweep(id).HistoryAsync(done[0]);
        var taken = await _host.Sweep(again).HistoryAsync(done[0]);

        Assert.Equal([1, 2, 3], own.Epochs.Select(epoch => epoch.Epoch));
        Assert.Equal((1.0, 50.0, 3, 4), (own.Epochs[0].Loss, own.Epochs[0].TrainAccuracy, own.Epochs[0].ImageContextTokens,
            own.Epochs[0].TextContextTokens));
        Assert.Equal([10, 20, 30], own.Prunes.Select(prune => prune.Iteration));
        Assert.Equal([1], own.Prunes[0].ImageMask);
        Assert.Equal(own.Epochs.Length, taken.Epochs.Length);
        Assert.Equal(own.Prunes.Select(prune => prune.Iteration), taken.Prunes.Select(prune => prune.Iteration));
        Assert.Equal(id.Value, (await _host.Sweep(again).JobsAsync(new JobQuery { State = JobState.Completed })).Jobs[0].CachedFrom);
        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Sweep(id).HistoryAsync("0000000000"));
    }

    [Fact]
    public async Task A_job_that_took_its_result_over_has_the_tokens_of_that_result()
    {
        static string Pruned(string name) =>
            $$"""{"name": "{{name}}", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 64}]}""";
        var id = await _host.Front.SubmitAsync(Pruned("tokens"), "spec.json", new SubmitOptions { UseCache = false });
        await FinishPackAsync(id);

        var again = await _host.Front.SubmitAsync(Pruned("tokens again"), "spec.json", new SubmitOptions());

        var cached = Assert.Single((await _host.Sweep(again).JobsAsync(new JobQuery())).Jobs);
        var result = Samples.Result(7);
        Assert.Equal((id.Value, result.ImageContextTokens + result.TextContextTokens), (cached.CachedFrom, cached.Status.ContextTokens));
    }

    [Fact]
    public async Task A_curve_has_the_points_of_fixed_and_adaptive_rows_together()
    {
        var curves = await _host.Coordinator(await SubmitAsync("curves")).CurvesAsync();

        Assert.Equal([("Adapt", "dtd"), ("Adapt", "pets")], curves.Select(curve => (curve.Label, curve.Dataset)));
        Assert.All(curves, curve => Assert.Equal([64, 96, 128], curve.Points.Select(point => point.TTarget)));
        Assert.All(curves, curve => Assert.Null(curve.Chosen));
    }

    [Fact]
    public async Task Who_submitted_a_sweep_first_is_kept_on_one_line()
    {
        var id = await _host.Front.SubmitAsync(Spec("whose"), "spec.json", new SubmitOptions { SubmittedBy = "ada\n@lab" });
        await _host.Front.SubmitAsync(Spec("whose"), "spec.json", new SubmitOptions { SubmittedBy = "somebody else" });

        Assert.Equal("ada\\u000a@lab", (await _host.Sweep(id).StatusAsync()).Summary.SubmittedBy);
        Assert.Equal("ada\\u000a@lab", (await _host.Front.ListAsync()).Single(sweep => sweep.Id == id.Value).SubmittedBy);
        await Assert.ThrowsAsync<InvalidInputException>(() => _host.Front.SubmitAsync(Spec("too long"), "spec.json", new SubmitOptions
        {
            SubmittedBy = new('x', 101),
        }));
    }

    private Task<SweepId> SubmitAsync(string name) => _host.Front.SubmitAsync(Spec(name), "spec.json", new SubmitOptions
    {
        UseCache = false,
    });

    private static async Task<(int Total, int Jobs)> CountAsync(ISweepGrain sweep, JobQuery query)
    {
        var page = await sweep.JobsAsync(query);
        return (page.Total, page.Jobs.Length);
    }

    /// <summary>Plays a worker for one pack of a sweep.</summary>
    /// <returns>The ids of its jobs.</returns>
    private async Task<string[]> FinishPackAsync(SweepId id, int epochs = 1)
    {
        await _host.Sweep(id).SetAsync(new ShareChange { Priority = 1 });
        var lease = (await _host.Queue.LeaseAsync("silo", "worker", LeaseId.New(), Samples.Offer)).Lease!;
        Assert.Equal(id, lease.Sweep);
        var jobs = (await _host.Sweep(id)
            .BeginAsync(new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs;
        var lines = await _host.Queue.StatusAsync();
        Assert.Contains(lines.Leases, held =>
            (held.Sweep, held.Pack, held.Worker, held.Directive) == (id, lease.Pack, "worker", LeaseDirective.Continue));
        foreach (var (index, job) in jobs.Index())
        {
            JobReport[] reports = [.. Enumerable.Range(1, epochs)
                .Select(epoch => JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(epoch))),
                JobReport.Completed(job.Position, job.Attempt, Samples.Result(7) with { Duration = TimeSpan.FromSeconds(index + 1) })];
            Assert.All(await _host.Sweep(id).ReportAsync(reports), Assert.True);
        }
        await _host.Queue.EndAsync(lease.Id, new LeaseEnd(Requeue: false, jobs.Length, []));
        await _host.Sweep(id).SetAsync(new ShareChange { Priority = 0 });
        return [.. jobs.Select(job => job.Id.Value)];
    }
}
