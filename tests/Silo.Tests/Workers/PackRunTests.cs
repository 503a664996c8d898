using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Silo.Workers;
using AdaptCluster.Training.Jobs;
using Microsoft.Extensions.Logging.Abstractions;

namespace AdaptCluster.Silo.Tests.Workers;

public sealed class PackRunTests : IDisposable
{
    private static readonly JobAssignment[] Jobs = [.. Enumerable.Range(0, 3).Select(position =>
        new JobAssignment(new(position), new($"{position:x16}"),
            new() { Method = "adapt", Backbone = "b", Dataset = new() { Name = "d", Format = "drawn" }, Shots = 1, Seed = position },
            new(3), null, "b", "d"))];

    private static readonly SiloSettings Settings =
        new() { Home = "", ModelRoots = [], DataRoots = [], Pool = "cpu", Workers = 1, Device = "cpu", Name = "silo" };

    private readonly RecordingSweep _sweep = new();
    private readonly Measurements _measured = new();
    private readonly LeaseSignals _lease = new(TestContext.Current.CancellationToken);

    public void Dispose()
    {
        _lease.Dispose();
        _measured.Dispose();
    }

    [Fact]
    public async Task Epochs_arrive_in_order_and_then_the_result_job_after_job()
    {
        var end = await RunAsync((_, onEpoch) =>
            { for (var epoch = 1; epoch <= 4; epoch++) onEpoch(Samples.Epoch(epoch)); return Samples.Result(1); });

        Assert.Equal(
            [.. Jobs.SelectMany(job =>
            (string[])[.. Enumerable.Range(1, 4).Select(epoch => $"{job.Position}: epoch {epoch}"), $"{job.Position}: result"])],
            _sweep.Calls);
        Assert.Equal((false, 3, 0), (end.Requeue, end.Completed, end.Failed.Length));
    }

    [Fact]
    public async Task Reports_that_come_while_others_are_sent_travel_together()
    {
        _sweep.Hold = new TaskCompletionSource();
        var run = RunAsync((_, onEpoch) =>
            { for (var epoch = 1; epoch <= 9; epoch++) onEpoch(Samples.Epoch(epoch)); return Samples.Result(1); });
        while (_sweep.Batches == 0) await Task.Yield();
        _sweep.Hold.SetResult();
        await run;

        Assert.Equal(30, _sweep.Calls.Count);
        Assert.InRange(_sweep.Batches, 1, 29);
    }

    [Fact]
    public async Task A_worker_whose_reports_wait_for_an_answer_is_not_taken_for_one_that_stands_still()
    {
        _sweep.Hold = new TaskCompletionSource();
        var progress = new TrainingProgress();
        var pack = Start((_, _) => Samples.Result(1), progress);
        await pack.Training;
        var trained = progress.Count;

        while (progress.Count == trained) await Task.Delay(20, TestContext.Current.CancellationToken);

        Assert.False(pack.Ended.IsCompleted);
        _sweep.Hold.SetResult();
        Assert.Equal(3, (await pack.Ended).Completed);
    }

    [Fact]
    public async Task A_refused_report_stops_that_job_and_the_next_one_runs()
    {
        _sweep.Refuses = report => report is { Position.Value: 0, Epoch.Epoch: >= 2 };

        var end = await RunAsync((job, onEpoch) =>
            { for (var epoch = 1; job.Seed == 0 || epoch < 3; epoch++) onEpoch(Samples.Epoch(epoch)); return Samples.Result(1); });

        Assert.DoesNotContain("0: result", _sweep.Calls);
        Assert.Contains("1: result", _sweep.Calls);
        Assert.Equal(2, end.Completed);
    }

    [Fact]
    public async Task Bad_input_is_a_fault_without_retry_and_anything_else_one_with()
    {
        var end = await RunAsync((job, _) => job.Seed switch
        {
            0 => throw new InvalidInputException("cat.jpg is damaged."),
            1 => throw new InvalidOperationException("no\nmore"),
            _ => Samples.Result(1),
        });

        Assert.Equal(["0: fault cat.jpg is damaged. False", "1: fault InvalidOperationException: no more True", "2: result"], _sweep.Calls);
        Assert.Equal((true, 1), (end.Requeue, end.Completed));
        Assert.Equal([Jobs[1].Id], end.Failed);
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_moment_loses_nothing()
    {
        _sweep.Away = 3;

        await RunAsync((_, onEpoch) => { onEpoch(Samples.Epoch(1)); return Samples.Result(1); });

        Assert.Equal([.. Jobs.SelectMany(job => (string[])[$"{job.Position}: epoch 1", $"{job.Position}: result"])], _sweep.Calls);
    }

    [Fact]
    public async Task A_store_that_stays_away_ends_an_embedded_run_with_its_error()
    {
        _sweep.Away = int.MaxValue;

        await Assert.ThrowsAsync<AwayException>(() =>
            RunAsync((_, onEpoch) => { for (var epoch = 1; ; epoch++) onEpoch(Samples.Epoch(epoch)); }));
    }

    [Fact]
    public async Task A_drain_lets_the_job_in_hand_end_and_hands_the_others_back()
    {
        var end = await RunAsync((_, onEpoch) =>
        {
            onEpoch(Samples.Epoch(1));
            _lease.FollowAsync(LeaseDirective.Drain).GetAwaiter().GetResult();
            return Samples.Result(1);
        });

        Assert.Equal(["0: epoch 1", "0: result", "1: returned", "2: returned"], _sweep.Calls);
        Assert.True(end.Requeue);
    }

    [Theory]
    [InlineData(LeaseDirective.Stop)]
    [InlineData(LeaseDirective.Lost)]
    public async Task A_stop_ends_the_job_in_hand_at_its_next_step_and_hands_everything_back(LeaseDirective directive)
    {
        var end = await RunAsync((_, onEpoch) =>
        {
            onEpoch(Samples.Epoch(1));
            _lease.FollowAsync(directive).GetAwaiter().GetResult();
            onEpoch(Samples.Epoch(2));
            return Samples.Result(1);
        });

        Assert.Equal(["0: epoch 1", "0: returned", "1: returned", "2: returned"], _sweep.Calls);
        Assert.Equal((true, 0), (end.Requeue, end.Completed));
    }

    [Fact]
    public async Task A_job_that_stops_within_an_epoch_hands_its_state_back()
    {
        await RunAsync((_, onEpoch) =>
        {
            _lease.FollowAsync(LeaseDirective.Stop).GetAwaiter().GetResult();
            throw new JobInterruptedException([5, 6], _lease.Stop);
        });

        Assert.Equal(["0: returned with 0506", "1: returned", "2: returned"], _sweep.Calls);
    }

    [Fact]
    public async Task A_checkpoint_that_cannot_be_used_is_dropped_and_the_job_tried_again()
    {
        await RunAsync((job, _) => job.Seed == 0 ? throw new CheckpointException("it is short.", new IOException()) : Samples.Result(1));

        Assert.Equal(
            "0: fault The checkpoint cannot be used (it is short); the job restarts from its first epoch. True, dropping the checkpoint",
            _sweep.Calls[0]);
    }

    [Fact]
    public async Task What_was_accepted_is_measured_by_data_set_and_method_and_what_was_refused_is_not()
    {
        _sweep.Refuses = report => report is { Position.Value: 0, Epoch.Epoch: >= 2 };

        await RunAsync((job, onEpoch) =>
            { for (var epoch = 1; job.Seed == 0 || epoch <= 3; epoch++) onEpoch(Samples.Epoch(epoch)); return Samples.Result(1); });

        // One epoch of the first job, three of each other; every epoch has 10 iterations of 4 images in a second, and one byte of
        // checkpoint.
        Assert.Equal(70, _measured.Sum("adaptcluster.iterations", "dataset=d", "method=adapt"));
        Assert.Equal(280, _measured.Sum("adaptcluster.images", "dataset=d", "method=adapt", "phase=train"));
        Assert.Equal(400, _measured.Sum("adaptcluster.images", "dataset=d", "method=adapt", "phase=evaluate"));
        Assert.Equal([.. Enumerable.Repeat(0.1, 7)], _measured.All("adaptcluster.step.duration", "dataset=d", "method=adapt"));
        // Of epochs that wait together only the last one's state is kept, and measured.
        Assert.InRange(_measured.All("adaptcluster.checkpoint.duration").Count, 1, 7);
        Assert.Equal(_measured.All("adaptcluster.checkpoint.duration").Count, _measured.Sum("adaptcluster.checkpoint.written"));
        Assert.Equal([0, 1, -1, 1, -1, 1, -1], _measured.All("adaptcluster.lanes.in_use", "pool=cpu"));
    }

    private Task<LeaseEnd> RunAsync(Func<JobDefinition, Action<EpochReport>, JobResult> train) =>
        Start(train, new TrainingProgress()).Ended;

    private RunningPack Start(Func<JobDefinition, Action<EpochReport>, JobResult> train, TrainingProgress progress) =>
        new PackRun(new Trainer(train), new RetryPolicy(6, new HastyTime()), new WorkerInstruments(_measured.Meters, Settings),
            NullLogger<PackRun>.Instance)
            .Start(_sweep, Jobs, _lease, progress, TestContext.Current.CancellationToken);

    /// <summary>Time in which pauses are over at once.</summary>
    private sealed class HastyTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }

    private sealed class Trainer(Func<JobDefinition, Action<EpochReport>, JobResult> train) : IJobExecutor
    {
        public void Run(IReadOnlyList<PackJob> jobs)
        {
            foreach (var job in jobs) Run(job.Assignment.Definition, job.Events);
        }

        private void Run(JobDefinition job, IJobEvents events)
        {
            if (events.Cancellation.IsCancellationRequested || !events.Begin())
            {
                events.Return(null);
                return;
            }
            try
            {
                events.Complete(train(job, report =>
                {
                    events.Cancellation.ThrowIfCancellationRequested();
                    events.Epoch(report);
                }));
            }
            catch (OperationCanceledException e)
            {
                events.Return((e as JobInterruptedException)?.Checkpoint);
            }
            catch (Exception e)
            {
                events.Fail(e);
            }
        }
    }

    private sealed class AwayException() : AdaptClusterException("away")
    {
        public override bool IsTransient => true;
    }

    private sealed class RecordingSweep : ISweepGrain
    {
        public List<string> Calls { get; } = [];
        public int Batches { get; private set; }
        public Func<JobReport, bool> Refuses { get; set; } = _ => false;
        public int Away { get; set; }
        public TaskCompletionSource? Hold { get; set; }

        public async Task<bool[]> ReportAsync(JobReport[] reports)
        {
            Batches++;
            if (Hold is not null) await Hold.Task;
            if (Away-- > 0) throw new AwayException();
            Calls.AddRange(reports.Select(report => $"{report.Position}: " + report switch
            {
                { Epoch: { } epoch } => $"epoch {epoch.Epoch}",
                { Result: not null } => "result",
                { Fault: { } fault } => $"fault {fault.Message} {fault.Retry}{(fault.DropCheckpoint ? ", dropping the checkpoint" : "")}",
                { Checkpoint: { } checkpoint } => $"returned with {Convert.ToHexString(checkpoint)}",
                _ => "returned",
            }));
            return [.. reports.Select(report => !Refuses(report))];
        }

        public Task SubmitAsync(SweepPlan plan, SubmitOptions options) => throw NotARunsBusiness();
        public Task<PackAssignment> BeginAsync(PackStart start) => throw NotARunsBusiness();
        public Task LeaseLostAsync(PackNumber pack, LeaseId lease) => throw NotARunsBusiness();
        public Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun) => throw NotARunsBusiness();
        public Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease) => throw NotARunsBusiness();
        public Task<PackOffer[]> RestsAsync(LeaseId[] leases) => throw NotARunsBusiness();
        public Task PauseAsync(bool now) => throw NotARunsBusiness();
        public Task ResumeAsync() => throw NotARunsBusiness();
        public Task CancelAsync() => throw NotARunsBusiness();
        public Task<int> RetryAsync(RetryScope which) => throw NotARunsBusiness();
        public Task DeleteAsync(bool keepResults) => throw NotARunsBusiness();
        public Task SetAsync(ShareChange change) => throw NotARunsBusiness();
        public Task LabelAsync(LabelChange change) => throw NotARunsBusiness();
        public Task<SweepStatus> StatusAsync() => throw NotARunsBusiness();
        public Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from) => throw NotARunsBusiness();
        public Task<JobDetail> JobAsync(string job) => throw NotARunsBusiness();
        public Task<CacheMiss?> NearestAsync(string job) => throw NotARunsBusiness();

        public Task<JobHistory> HistoryAsync(string job) => throw NotARunsBusiness();

        public Task<byte[]?> FileAsync(string job, JobFile file) => throw NotARunsBusiness();

        public Task<CellJobs[]> CellsAsync() => throw NotARunsBusiness();

        public Task<JobPage> JobsAsync(JobQuery query) => throw NotARunsBusiness();

        private static InvalidOperationException NotARunsBusiness() => new("A pack's run only reports.");
    }
}
