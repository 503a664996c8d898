using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Workers;

namespace AdaptCluster.Silo.Tests.Workers;

/// <summary>How calls go wrong between a worker and the grains.</summary>
internal enum Trouble
{
    /// <summary>Each call is made several times.</summary>
    Repeated,

    /// <summary>Each call has its effect, and its answer is lost the first time.</summary>
    AnswerLost,

    /// <summary>Each call arrives only after its caller has given up and made it again.</summary>
    Late,
}

/// <summary>The grains, by calls that go wrong.</summary>
internal sealed class UnreliableGrains(IWorkerGrains grains, Trouble trouble, int times) : IWorkerGrains
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _made = [];
    private readonly List<Task> _late = [];

    /// <summary>Calls that were made, by method.</summary>
    public IReadOnlyDictionary<string, int> Made => _made;

    /// <summary>Ends when every late call has arrived.</summary>
    public Task Arrived
    {
        get { lock (_lock) return Task.WhenAll(_late); }
    }

    public IQueueGrain Queue(string pool) => new UnreliableQueue(this, grains.Queue(pool));

    public ISweepGrain Sweep(SweepId id) => new UnreliableSweep(this, grains.Sweep(id));

    private async Task<T> CallAsync<T>(string method, Func<Task<T>> call)
    {
        int made;
        lock (_lock) made = _made[method] = _made.GetValueOrDefault(method) + 1;
        switch (trouble)
        {
            case Trouble.Repeated:
                for (var i = 1; i < times; i++) await call();
                return await call();
            case Trouble.AnswerLost when made % 2 == 1:
                await call();
                throw new TimeoutException("The answer was lost.");
            case Trouble.Late when made % 2 == 1:
                lock (_lock) _late.Add(LateAsync(call));
                throw new TimeoutException("The call did not arrive in time.");
            default: return await call();
        }
    }

    private static async Task LateAsync<T>(Func<Task<T>> call)
    {
        // Longer than the pause before the first repetition.
        await Task.Delay(TimeSpan.FromMilliseconds(300));
        await call();
    }

    private sealed class UnreliableQueue(UnreliableGrains grains, IQueueGrain queue) : IQueueGrain
    {
        public Task<LeaseAnswer> LeaseAsync(string silo, string worker, LeaseId lease, WorkerOffer? offer) =>
            grains.CallAsync("lease", () => queue.LeaseAsync(silo, worker, lease, offer));

        public Task<LeaseDirective> RenewAsync(LeaseId lease, long? progress) =>
            grains.CallAsync("renew", () => queue.RenewAsync(lease, progress));

        public Task EndAsync(LeaseId lease, LeaseEnd end) => grains.CallAsync("end", async () =>
        {
            await queue.EndAsync(lease, end);
            return true;
        });

        public Task OfferAsync(SweepShare share, PackOffer[] packs) => queue.OfferAsync(share, packs);
        public Task ConfigureAsync(SweepShare share, LeaseDirective running) => queue.ConfigureAsync(share, running);
        public Task WithdrawAsync(SweepId sweep) => queue.WithdrawAsync(sweep);
        public Task<SweepHolding> HoldingAsync(SweepId sweep) => queue.HoldingAsync(sweep);
        public Task<string?> ObstacleAsync(SweepId sweep) => queue.ObstacleAsync(sweep);
        public Task<QueueStatus> StatusAsync() => queue.StatusAsync();
    }

    private sealed class UnreliableSweep(UnreliableGrains grains, ISweepGrain sweep) : ISweepGrain
    {
        public Task<PackAssignment> BeginAsync(PackStart start) => grains.CallAsync("begin", () => sweep.BeginAsync(start));

        public Task<bool[]> ReportAsync(JobReport[] reports) => grains.CallAsync("report", () => sweep.ReportAsync(reports));

        public Task SubmitAsync(SweepPlan plan, SubmitOptions options) => sweep.SubmitAsync(plan, options);
        public Task LeaseLostAsync(PackNumber pack, LeaseId lease) => sweep.LeaseLostAsync(pack, lease);
        public Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun) =>
            sweep.LeaseEndedAsync(pack, lease, unbegun);
        public Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease) => sweep.LeaseEndedInAsync(pool, pack, lease);
        public Task<PackOffer[]> RestsAsync(LeaseId[] leases) => sweep.RestsAsync(leases);
        public Task PauseAsync(bool now) => sweep.PauseAsync(now);
        public Task ResumeAsync() => sweep.ResumeAsync();
        public Task CancelAsync() => sweep.CancelAsync();
        public Task<int> RetryAsync(RetryScope which) => sweep.RetryAsync(which);
        public Task DeleteAsync(bool keepResults) => sweep.DeleteAsync(keepResults);
        public Task SetAsync(ShareChange change) => sweep.SetAsync(change);
        public Task LabelAsync(LabelChange change) => sweep.LabelAsync(change);
        public Task<SweepStatus> StatusAsync() => sweep.StatusAsync();
        public Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from) => sweep.LogAsync(job, from);
        public Task<JobDetail> JobAsync(string job) => sweep.JobAsync(job);
        public Task<CacheMiss?> NearestAsync(string job) => sweep.NearestAsync(job);
        public Task<JobHistory> HistoryAsync(string job) => sweep.HistoryAsync(job);
        public Task<byte[]?> FileAsync(string job, JobFile file) => sweep.FileAsync(job, file);
        public Task<CellJobs[]> CellsAsync() => sweep.CellsAsync();
        public Task<JobPage> JobsAsync(JobQuery query) => sweep.JobsAsync(query);
    }
}
