using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Storage;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// One sweep. The store decides (conditional writes on the attempt number); what is in memory is a copy that is only changed after the
/// store has accepted, and rebuilt from it on activation.
/// </summary>
[GrainType("sweep")]
internal sealed partial class SweepGrain(
    SweepStore store, IOptions<QueueOptions> queue, TimeProvider time, ILogger<SweepGrain> logger)
    : Grain, ISweepGrain, IIncomingGrainCallFilter
{
    /// <summary>Faults after which a job is set aside, so that one bad job cannot keep workers busy for ever.</summary>
    internal const int MaxFaults = 3;

    private SweepEntity? _sweep;
    private Dictionary<JobId, TrackedJob> _jobs = [];
    private SweepProgress _progress = new(0, 0);

    public override Task OnActivateAsync(CancellationToken cancellationToken) => LoadAsync();

    /// <summary>After a storage error nobody knows what was written, so the copy in memory is dropped and read again.</summary>
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (StoreException)
        {
            DeactivateOnIdle();
            throw;
        }
    }

    public async Task SubmitAsync(SweepPlan plan)
    {
        if (_sweep is null)
        {
            await store.CreateAsync(Id, plan);
            await LoadAsync();
        }
        if (_sweep!.State == SweepState.Completed) return;
        await store.MoveJobsAsync(Id, [JobState.Failed, JobState.Cancelled], JobState.Queued);
        await SetStateAsync(SweepState.Running);
        await LoadAsync();
        await OfferAsync();
    }

    public async Task<JobAssignment[]> BeginAsync(int pack, string worker)
    {
        if (_sweep?.State != SweepState.Running) return [];
        var assignments = new List<JobAssignment>();
        foreach (var job in _jobs.Values.Where(job => job.Pack == pack && job.Unfinished))
        {
            if (!await store.BeginAttemptAsync(Id, job.Id, job.Attempt + 1, worker))
                throw new InvalidOperationException($"Job {job.Id} of {Id} has moved on in the store.");
            job.Attempt++;
            job.State = JobState.Running;
            assignments.Add(new(job.Id, job.Definition, job.Attempt, await store.CheckpointAsync(Id, job.Id)));
        }
        return [.. assignments];
    }

    public async Task<bool> ReportEpochAsync(JobId job, int attempt, EpochReport report)
    {
        if (!IsCurrent(job, attempt) || !await store.SaveEpochAsync(Id, job, attempt, report)) return Refused(job, attempt);
        var tracked = _jobs[job];
        (tracked.Epoch, tracked.Loss, tracked.ContextTokens) = (report.Epoch, report.Loss, report.ImageContextTokens + report.TextContextTokens);
        _progress.Add(report.Iterations, time.GetUtcNow());
        return true;
    }

    public async Task<bool> CompleteAsync(JobId job, int attempt, JobResult result)
    {
        if (!IsCurrent(job, attempt) || !await store.CompleteAsync(Id, job, attempt, result)) return Refused(job, attempt);
        _jobs[job].State = JobState.Completed;
        await GrainFactory.GetGrain<ICoordinatorGrain>(Id.Value).AddAsync(job, result);
        await SettleAsync();
        return true;
    }

    public async Task FailAsync(JobId job, int attempt, JobFault fault)
    {
        if (!IsCurrent(job, attempt)) return;
        var tracked = _jobs[job];
        var next = fault.Retry && tracked.Faults + 1 < MaxFaults ? JobState.Queued : JobState.Failed;
        if (!await store.EndAttemptAsync(Id, job, attempt, AttemptOutcome.Failed, next, fault.Message)) return;
        (tracked.State, tracked.Error) = (next, fault.Message);
        tracked.Faults++;
        LogFault(job, attempt, next, fault.Message);
        await SettleAsync();
    }

    public async Task ReturnAsync(JobId job, int attempt)
    {
        if (!IsCurrent(job, attempt)) return;
        if (await store.EndAttemptAsync(Id, job, attempt, AttemptOutcome.Returned, JobState.Queued, null)) _jobs[job].State = JobState.Queued;
    }

    public async Task CancelAsync()
    {
        if (_sweep is null || _sweep.State is SweepState.Completed or SweepState.Failed or SweepState.Cancelled) return;
        await store.MoveJobsAsync(Id, [JobState.Queued, JobState.Running], JobState.Cancelled);
        await SetStateAsync(SweepState.Cancelled);
        await LoadAsync();
        await GrainFactory.GetGrain<IQueueGrain>(queue.Value.Pool).WithdrawAsync(Id);
    }

    public async Task<int> RetryAsync()
    {
        if (_sweep is null) return 0;
        var moved = await store.MoveJobsAsync(Id, [JobState.Failed], JobState.Queued);
        if (moved == 0) return 0;
        await SetStateAsync(SweepState.Running);
        await LoadAsync();
        await OfferAsync();
        return moved;
    }

    public Task<SweepStatus> StatusAsync()
    {
        var sweep = _sweep ?? throw new InvalidInputException($"there is no sweep '{this.GetPrimaryKeyString()}'; 'sweep list' shows those there are.");
        return Task.FromResult(_progress.Status(sweep, _jobs.Values, time.GetUtcNow()));
    }

    private SweepId Id => new(this.GetPrimaryKeyString());

    private async Task LoadAsync()
    {
        if (await store.LoadAsync(Id) is not { } stored) return;
        _sweep = stored.Sweep;
        _jobs = stored.Jobs.Select(TrackedJob.From).ToDictionary(job => job.Id);
        _progress = new(_jobs.Values.Sum(job => (long)job.Iterations), _jobs.Values.Sum(job => job.IterationsDone));
    }

    private Task OfferAsync()
    {
        var packs = _jobs.Values.Where(job => job.Unfinished).GroupBy(job => job.Pack).Select(pack => new PackOffer(Id, pack.Key, pack.Sum(job => job.IterationsLeft)));
        return GrainFactory.GetGrain<IQueueGrain>(queue.Value.Pool).OfferAsync([.. packs]);
    }

    private bool IsCurrent(JobId job, int attempt) => _jobs.TryGetValue(job, out var tracked) && tracked.Attempt == attempt && tracked.State == JobState.Running;

    private bool Refused(JobId job, int attempt)
    {
        LogRefused(job, attempt);
        return false;
    }

    private async Task SettleAsync()
    {
        if (_jobs.Values.Any(job => job.Unfinished)) return;
        await SetStateAsync(_jobs.Values.Any(job => job.State == JobState.Failed) ? SweepState.Failed : SweepState.Completed);
    }

    private async Task SetStateAsync(SweepState state)
    {
        await store.SetStateAsync(Id, state);
        _sweep!.State = state;
    }

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of job {Job} failed and the job is {Next}: {Fault}")]
    private partial void LogFault(JobId job, int attempt, JobState next, string fault);

    [LoggerMessage(LogLevel.Warning, "A report of attempt {Attempt} of job {Job} was refused: it is not the current attempt")]
    private partial void LogRefused(JobId job, int attempt);
}
