using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Workers;

namespace AdaptCluster.Silo.Tests.Workers;

public sealed class JobRunTests
{
    private static readonly JobAssignment Job = new(new("0123456789abcdef"), new() { Method = "adapt", Backbone = "b", Dataset = new() { Name = "d", Format = "drawn" }, Shots = 1, Seed = 1 }, 3, null);

    [Fact]
    public async Task Epochs_arrive_in_order_and_then_the_result()
    {
        var sweep = new RecordingSweep();

        Assert.True(await Run(sweep, onEpoch => { for (var epoch = 1; epoch <= 9; epoch++) onEpoch(Epoch(epoch)); return Result; }));

        Assert.Equal([.. Enumerable.Range(1, 9).Select(epoch => $"epoch {epoch}"), "complete"], sweep.Calls);
    }

    [Fact]
    public async Task A_refused_report_stops_the_trainer_and_hands_the_job_back()
    {
        var sweep = new RecordingSweep { RefuseFrom = 2 };

        Assert.False(await Run(sweep, onEpoch => { for (var epoch = 1; ; epoch++) onEpoch(Epoch(epoch)); }));

        Assert.Equal("return", sweep.Calls[^1]);
        Assert.DoesNotContain("complete", sweep.Calls);
    }

    [Fact]
    public async Task Bad_input_is_a_fault_without_retry_and_anything_else_one_with()
    {
        var (badInput, other) = (new RecordingSweep(), new RecordingSweep());

        Assert.True(await Run(badInput, _ => throw new InvalidInputException("cat.jpg is damaged.")));
        Assert.False(await Run(other, _ => throw new InvalidOperationException("no more")));

        Assert.Equal(["fail cat.jpg is damaged. False"], badInput.Calls);
        Assert.Equal(["fail InvalidOperationException: no more True"], other.Calls);
    }

    [Fact]
    public async Task A_store_that_is_away_for_a_moment_loses_nothing()
    {
        var sweep = new RecordingSweep { Away = 3 };

        Assert.True(await Run(sweep, onEpoch => { onEpoch(Epoch(1)); return Result; }));

        Assert.Equal(["epoch 1", "complete"], sweep.Calls);
    }

    private static async Task<bool> Run(RecordingSweep sweep, Func<Action<EpochReport>, JobResult> trainer) =>
        await new JobRun(new Trainer(trainer), TimeProvider.System).ExecuteAsync(sweep, Job, TestContext.Current.CancellationToken);

    private static JobResult Result { get; } = new()
    {
        TestCorrect = 1,
        TestTotal = 2,
        ValidationCorrect = 1,
        ValidationTotal = 2,
        ImageContextTokens = 0,
        TextContextTokens = 0,
        TrainableParameters = 0,
        MultiplyAdds = 1,
        Duration = TimeSpan.Zero,
        Device = "test",
    };

    private static EpochReport Epoch(int epoch) => new()
    {
        Epoch = epoch,
        Iterations = 1,
        Loss = 1,
        TrainAccuracy = 0,
        LearningRate = 1,
        ImageContextTokens = 1,
        TextContextTokens = 1,
        Duration = TimeSpan.Zero,
        PruneSteps = [],
        Checkpoint = [],
    };

    private sealed class Trainer(Func<Action<EpochReport>, JobResult> train) : IJobExecutor
    {
        public JobResult Run(JobDefinition job, byte[]? checkpoint, Action<EpochReport> onEpoch, CancellationToken cancellation) => train(report =>
        {
            cancellation.ThrowIfCancellationRequested();
            onEpoch(report);
        });
    }

    private sealed class AwayException() : AdaptClusterException("away")
    {
        public override bool IsTransient => true;
    }

    private sealed class RecordingSweep : ISweepGrain
    {
        public List<string> Calls { get; } = [];
        public int RefuseFrom { get; init; } = int.MaxValue;
        public int Away { get; set; }

        public Task<bool> ReportEpochAsync(JobId job, int attempt, EpochReport report)
        {
            if (Away-- > 0) throw new AwayException();
            Calls.Add($"epoch {report.Epoch}");
            return Task.FromResult(report.Epoch < RefuseFrom);
        }

        public Task<bool> CompleteAsync(JobId job, int attempt, JobResult result)
        {
            Calls.Add("complete");
            return Task.FromResult(true);
        }

        public Task FailAsync(JobId job, int attempt, JobFault fault)
        {
            Calls.Add($"fail {fault.Message} {fault.Retry}");
            return Task.CompletedTask;
        }

        public Task ReturnAsync(JobId job, int attempt)
        {
            Calls.Add("return");
            return Task.CompletedTask;
        }

        public Task SubmitAsync(SweepPlan plan) => throw new InvalidOperationException("A job does not submit.");

        public Task<JobAssignment[]> BeginAsync(int pack, string worker) => throw new InvalidOperationException("A job does not begin packs.");

        public Task CancelAsync() => throw new InvalidOperationException("A job does not cancel.");

        public Task<int> RetryAsync() => throw new InvalidOperationException("A job does not retry.");

        public Task<SweepStatus> StatusAsync() => throw new InvalidOperationException("A job does not ask.");
    }
}
