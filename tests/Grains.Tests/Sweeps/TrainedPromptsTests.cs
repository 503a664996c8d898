using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Grains.Tests.Sweeps;

/// <summary>A sweep with targets gives its workers the prompts that an earlier sweep has trained. The tests play the workers.</summary>
public sealed class TrainedPromptsTests : IAsyncLifetime
{
    private const string Spec = """{"name": "trained", "seeds": [1, 2], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""";

    private static readonly EvaluationRequest OnPets = new() { On = ["pets"] };

    private readonly GrainHost _host = new() { Lasting = TimeSpan.FromHours(1) };

    public ValueTask InitializeAsync() => _host.InitializeAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Jobs_with_targets_begin_with_the_prompts_of_earlier_jobs_and_their_iterations_are_no_work()
    {
        var (first, trained) = await BeginAsync(Spec);
        Assert.All(trained, job => Assert.Null(job.Trained));
        await CompleteAsync(first, trained);

        var (second, jobs) = await BeginAsync(await _host.Front.EvaluationSpecAsync(first, OnPets));

        Assert.NotEqual(first, second);
        Assert.Equal(trained.Select(job => new PromptOrigin(first.Value, job.Id)), jobs.Select(job => job.Trained!.Origin));
        Assert.All(jobs, job => Assert.Equal(new byte[] { 9 }, job.Trained!.Content));
        Assert.Equal((true, 0L), ((await _host.Sweep(second).StatusAsync()).Iterations > 0,
            (await _host.Sweep(second).StatusAsync()).IterationsDone));
        await CompleteAsync(second, jobs);
        var status = await _host.Sweep(second).StatusAsync();
        Assert.Equal((SweepState.Completed, 0L, 0L), (status.Summary.State, status.Iterations, status.IterationsDone));
        await _host.LoseSweepsAsync();
        Assert.Equal(0, (await _host.Sweep(second).StatusAsync()).Iterations);
        Assert.Equal(jobs[0].Trained!.Origin, (await _host.Sweep(second).JobAsync(jobs[0].Id.Value)).Result!.TrainedFrom);
    }

    [Fact]
    public async Task A_job_that_has_a_checkpoint_already_goes_on_from_there()
    {
        var (other, training) = await BeginAsync(
            Spec.Replace("\"arms\"", "\"evaluate\": [\"pets\"], \"arms\"", StringComparison.Ordinal));
        await _host.Sweep(other).ReportAsync([.. training.Select(job =>
            JobReport.EpochDone(job.Position, job.Attempt, Samples.Epoch(1))),
            .. training.Select(job => JobReport.Returned(job.Position, job.Attempt))]);
        await _host.Sweep(other).CancelAsync();
        var (first, trained) = await BeginAsync(Spec);
        await CompleteAsync(first, trained);
        await _host.Sweep(other).ResumeAsync();

        var resumed = await LeaseAsync(other);

        Assert.All(resumed, job => Assert.Equal((true, (StoredPrompts?)null), (job.Checkpoint is not null, job.Trained)));
    }

    [Fact]
    public async Task A_sweep_or_a_job_without_a_result_is_not_evaluated()
    {
        var (first, trained) = await BeginAsync(Spec);

        Assert.StartsWith($"--all: sweep {first} is running, and 2 of its 2 jobs have no result; finish it first",
            await RefusalAsync(first, OnPets), StringComparison.Ordinal);
        var prefix = trained[0].Id.Value[..6];
        Assert.Equal($"--job {prefix}: job {trained[0].Id} is running; only completed jobs can be evaluated.",
            await RefusalAsync(first, OnPets with { Job = prefix }));
        Assert.StartsWith("there is no sweep 'none-00000000'", await RefusalAsync(new("none-00000000"), OnPets), StringComparison.Ordinal);
        Assert.StartsWith("--on: found 0 data sets", await CompletedRefusalAsync(first, trained), StringComparison.Ordinal);
    }

    private async Task<string> CompletedRefusalAsync(SweepId id, JobAssignment[] jobs)
    {
        await CompleteAsync(id, jobs);
        return await RefusalAsync(id, new EvaluationRequest { On = [] });
    }

    private async Task<string> RefusalAsync(SweepId id, EvaluationRequest request) =>
        (await Assert.ThrowsAsync<InvalidInputException>(() => _host.Front.EvaluationSpecAsync(id, request))).Message;

    private async Task<(SweepId Id, JobAssignment[] Jobs)> BeginAsync(string spec)
    {
        var id = await _host.Front.SubmitAsync(spec, "spec.json", new SubmitOptions());
        return (id, await LeaseAsync(id));
    }

    private async Task<JobAssignment[]> LeaseAsync(SweepId id)
    {
        var jobs = new List<JobAssignment>();
        while (jobs.Count < 2)
        {
            var lease = await _host.LeaseAsync("worker");
            jobs.AddRange((await _host.Sweep(id).BeginAsync(
                new PackStart(lease.Id, lease.Pack, "worker", Samples.Environment, TrainerVersion.Current))).Jobs);
        }
        return [.. jobs.OrderBy(job => job.Position)];
    }

    private async Task CompleteAsync(SweepId id, JobAssignment[] jobs)
    {
        var reports = jobs.Select(job => JobReport.Completed(job.Position, job.Attempt, Samples.Result(1) with
        {
            TrainedFrom = job.Trained?.Origin,
            Targets = job.Definition.Evaluate is { Targets: var targets }
                ? [.. targets.Select(target => new TargetResult(target.Name, 1, 2))] : null,
        }));
        Assert.All(await _host.Sweep(id).ReportAsync([.. reports]), Assert.True);
    }
}
