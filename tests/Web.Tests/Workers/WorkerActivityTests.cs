using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Web.Workers;

namespace AdaptCluster.Web.Tests.Workers;

/// <summary>What workers do, and did in the last hour.</summary>
public sealed class WorkerActivityTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Jobs_of_a_pack_are_one_bar_and_a_failed_one_shows()
    {
        var row = Assert.Single(WorkerActivity.Of(Cluster(), [Work([],
            Event(10, "a", AttemptOutcome.Open), Event(10, "b", AttemptOutcome.Open),
            Event(12, "a", AttemptOutcome.Completed), Event(16, "b", AttemptOutcome.Completed),
            Event(30, "c", AttemptOutcome.Open), Event(36, "c", AttemptOutcome.Failed))], Now));

        Assert.Equal([(10, 16, "good"), (30, 36, "bad")], row.Bars.Select(bar => (Minute(bar.From), Minute(bar.To), bar.State)));
        Assert.Equal("small: 2 attempts, 11:10:00–11:16:00 UTC: 2 completed", row.Bars[0].Text);
        Assert.Equal("small: job c, 11:30:00–11:36:00 UTC: 1 failed", row.Bars[1].Text);
        Assert.Equal(0.2, row.Busy, 9);
        Assert.Equal((0, null, null), (row.Tasks.Length, row.IterationsPerSecond, row.Since));
    }

    [Fact]
    public void A_running_job_reaches_to_now_and_names_its_pack_its_speed_and_since_when()
    {
        var lease = new LeaseStatus(new("small-00000001"), new(3), "g1/cuda:0:1", Now, LeaseDirective.Continue);
        var row = Assert.Single(WorkerActivity.Of(Cluster(lease), [Work([Job("a")], Event(48, "a", AttemptOutcome.Open))], Now));

        Assert.Equal((48, 60, "running"), (Minute(row.Bars[0].From), Minute(row.Bars[0].To), row.Bars[0].State));
        var task = Assert.Single(row.Tasks);
        Assert.Equal((new PackNumber(3), "small-00000001", "job a"), (task.Pack!.Value, task.Sweep.Id, task.Jobs.Single().Description));
        Assert.Equal((125.0, Now.AddMinutes(-12)), (row.IterationsPerSecond, row.Since));
        Assert.Equal("cuda:0, 139.8 GiB", row.Device);
    }

    [Fact]
    public void A_failed_attempt_does_not_colour_the_training_around_it()
    {
        var row = Assert.Single(WorkerActivity.Of(Cluster(), [Work([],
            Event(10, "a", AttemptOutcome.Open), Event(20, "a", AttemptOutcome.Completed),
            Event(20, "b", AttemptOutcome.Open), Event(21, "b", AttemptOutcome.Failed),
            Event(21, "c", AttemptOutcome.Open), Event(34, "c", AttemptOutcome.Completed))], Now));

        Assert.Equal([(10, 20, "good"), (21, 34, "good"), (20, 21, "bad")],
            row.Bars.Select(bar => (Minute(bar.From), Minute(bar.To), bar.State)));
        Assert.Equal((0.4, 1), (Math.Round(row.Busy, 9), row.Faults));
    }

    [Fact]
    public void What_began_before_the_hour_is_cut_at_its_start_and_its_time_is_not_known()
    {
        var row = Assert.Single(WorkerActivity.Of(Cluster(), [Work([Job("long")], Event(6, "old", AttemptOutcome.Lost))], Now));

        Assert.Equal([(0, 60, "running"), (0, 6, "bad")], row.Bars.Select(bar => (Minute(bar.From), Minute(bar.To), bar.State)));
        Assert.All(row.Bars, bar => Assert.Contains("before 11:00:00", bar.Text, StringComparison.Ordinal));
        Assert.Null(row.Since);
        Assert.Equal(1, row.Busy, 9);
    }

    [Fact]
    public void A_start_whose_job_the_sweep_no_longer_runs_is_no_bar() =>
        Assert.Empty(WorkerActivity.Of(Cluster(), [Work([], Event(10, "a", AttemptOutcome.Open))], Now));

    [Fact]
    public void Jobs_beyond_those_that_a_status_lists_are_running_too()
    {
        var work = Work([], Event(48, "a", AttemptOutcome.Open));

        var row = Assert.Single(WorkerActivity.Of(Cluster(), [work with { Status = work.Status with { RunningJobs = 1 } }], Now));

        Assert.Equal((48, 60, "running"), (Minute(row.Bars[0].From), Minute(row.Bars[0].To), row.Bars[0].State));
    }

    [Fact]
    public void Attempts_that_failed_or_were_lost_are_counted()
    {
        var work = Work([], Event(10, "a", AttemptOutcome.Lost), Event(11, "b", AttemptOutcome.Failed),
            Event(12, "c", AttemptOutcome.Completed));

        Assert.Equal(2, Assert.Single(WorkerActivity.Of(Cluster(), [work], Now)).Faults);
    }

    [Fact]
    public void Leases_of_other_sweeps_are_not_counted() => Assert.Empty(WorkerActivity.Of(
        Cluster(new LeaseStatus(new("other-00000002"), new(0), "g1/cuda:0:1", Now, LeaseDirective.Continue)), [Work([])], Now));

    private static int Minute(DateTimeOffset at) => (int)Math.Round((at - Now.AddHours(-1)).TotalMinutes);

    private static ClusterStatus Cluster(params LeaseStatus[] leases) => new(
        [
            new("g1", "10.0.0.1:11111", "Active", new()
            {
                ["adaptcluster.device"] = "cuda:0",
                ["adaptcluster.memory-mib"] = "143155",
            }),
        ],
        new() { ["gpu"] = new QueueStatus(0, leases.Length, TimeSpan.Zero, [], leases) });

    private static SweepWork Work(JobStatus[] running, params AttemptEvent[] log) => new(new SweepStatus
    {
        Summary = new()
        {
            Id = "small-00000001",
            Name = "small",
            State = SweepState.Running,
            Submitted = Now.AddHours(-2),
            Jobs = new() { Total = 3, Completed = 0, Failed = 0, Cached = 0 },
        },
        Iterations = 100,
        IterationsDone = 10,
        Running = running,
        Failed = [],
        Pool = "gpu",
        Paces = [new("g1/cuda:0:1", 125)],
    }, log);

    private static JobStatus Job(string name) => new()
    {
        Id = Id(name),
        Description = $"job {name}",
        State = JobState.Running,
        Attempt = new(1),
        Epoch = 2,
        Epochs = 6,
        Worker = "g1/cuda:0:1",
    };

    private static JobId Id(string name) => new(string.Concat(name.Select(letter => $"{(int)letter:x2}")).PadLeft(JobId.Length, '0'));

    private static AttemptEvent Event(int minute, string job, AttemptOutcome outcome) => new(
        Now.AddHours(-1).AddMinutes(minute), Id(job), $"job {job}", new(1), "g1/cuda:0:1", outcome, null);
}
