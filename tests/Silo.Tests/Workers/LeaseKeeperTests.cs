using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Workers;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Serialization;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>A worker renews its lease whatever the last renewal came to: it is the store that decides whose a job is.</summary>
public sealed class LeaseKeeperTests
{
    private static readonly Lease Held =
        new(LeaseId.New(), new SweepId("s-00000001"), Pack: new(3), RenewEvery: TimeSpan.FromMilliseconds(1));

    public static TheoryData<string> Errors => [.. All().Select(error => error.GetType().Name)];

    [Theory]
    [MemberData(nameof(Errors))]
    public async Task A_renewal_that_fails_is_made_again_whatever_the_error(string name)
    {
        var queue = new Queue(() => throw All().Single(error => error.GetType().Name == name), () => LeaseDirective.Continue,
            () => LeaseDirective.Drain);

        var draining = await KeepAsync(queue);

        Assert.True(draining, "the word of the queue came through after the error");
        Assert.Equal([7, 7, 7], queue.Progress);
    }

    [Fact]
    public async Task Jobs_of_a_lease_that_is_lost_stop()
    {
        using var signals = new LeaseSignals(TestContext.Current.CancellationToken);
        using var ended = new CancellationTokenSource();
        var keeper = Keeper(new Queue(() => LeaseDirective.Lost), signals).RunAsync(ended.Token);

        await Task.Delay(Timeout.Infinite, signals.Stop).ContinueWith(_ => { }, TaskScheduler.Default);

        await ended.CancelAsync();
        await keeper;
    }

    private static IEnumerable<Exception> All() =>
        [new TimeoutException(), new GrainFaultException("bug"), new InvalidOperationException(), new CodecNotFoundException("foreign"),
            new OperationCanceledException(), new ObjectDisposedException("silo")];

    private static async Task<bool> KeepAsync(Queue queue)
    {
        using var signals = new LeaseSignals(TestContext.Current.CancellationToken);
        using var ended = new CancellationTokenSource();
        var keeper = Keeper(queue, signals).RunAsync(ended.Token);
        await queue.Answered;
        await ended.CancelAsync();
        await keeper;
        return signals.Draining;
    }

    private static LeaseKeeper Keeper(Queue queue, LeaseSignals signals)
    {
        var progress = new TrainingProgress();
        for (var step = 0; step < 7; step++) progress.Move();
        return new(queue, Held, "worker", signals, progress, new WorkerHealth(TimeProvider.System),
            TimeProvider.System, NullLogger.Instance);
    }

    /// <summary>Answers renewals one after the other, the last one for ever.</summary>
    private sealed class Queue(params Func<LeaseDirective>[] answers) : IQueueGrain
    {
        private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Answered => _answered.Task;

        public List<long?> Progress { get; } = [];

        public Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress)
        {
            Assert.Equal(Held.Id, lease);
            if (Progress.Count < answers.Length) Progress.Add(progress);
            // The one after the last: what it said has been followed by then.
            else _answered.TrySetResult();
            return Task.FromResult(answers[Progress.Count - 1]());
        }

        public Task OfferAsync(SweepShare share, PackOffer[] packs) => throw new NotSupportedException();
        public Task ConfigureAsync(SweepShare share, LeaseDirective running) => throw new NotSupportedException();
        public Task WithdrawAsync(SweepId sweep) => throw new NotSupportedException();
        public Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease, WorkerOffer? offer) =>
            throw new NotSupportedException();
        public Task EndAsync(LeaseId lease, LeaseEnd end) => throw new NotSupportedException();
        public Task<SweepHolding> HoldingAsync(SweepId sweep) => throw new NotSupportedException();
        public Task<string?> ObstacleAsync(SweepId sweep) => throw new NotSupportedException();
        public Task<QueueStatus> StatusAsync() => throw new NotSupportedException();
    }
}
