using System.Diagnostics;
using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// One sweep. The store decides (conditional writes on the attempt number); what is in memory is a copy that is changed only after the
/// store has accepted, and read again after an error of the store. The copy holds counts and the jobs that train, so its size does not grow
/// with the sweep. Calls interleave, so that reports of many workers share one transaction; <see cref="_gate"/> keeps writes apart. While
/// the sweep is open its reminder keeps the grain; after that it goes when nobody has asked for it for some minutes.
/// </summary>
[GrainType("sweep"), Reentrant, ControlSilo(1)]
internal sealed partial class SweepGrain : IdleGrain, ISweepGrain, IRemindable
{
    private const string WatchReminder = "watch";

    /// <summary>
    /// Reminders, one a minute, that find no sweep before they end: a submission whose silo died may be committed until
    /// <see cref="StatementTime.WholeSweep"/> has passed.
    /// </summary>
    internal const int MostMissed = 60;

    private readonly SweepStore store;
    private readonly StoreFaults faults;
    private readonly IOptions<QueueOptions> queue;
    private readonly SweepInstruments instruments;
    private readonly ILogger<SweepGrain> logger;
    private readonly SharedCalls<PackStart, PackBeginning> _begins;
    private readonly SharedCalls<EndedLease, PackOffer?> _ends;
    private readonly SharedCalls<JobReport[], bool[]> _reports;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly HashSet<string> _environments = [];
    private StoredSweep? _stored;
    private SweepProgress? _progress;
    private Dictionary<int, RunningJob> _running = [];
    private List<JobStatus> _failed = [];
    private List<JobStatus> _mismatches = [];
    private bool _verifies;
    private bool _stale = true;

    /// <summary>Whether what a silo that died may have left half done has been looked for since the activation.</summary>
    private bool _mended;

    /// <summary>Whether it was a cancellation that broke off, which is gone on with.</summary>
    private bool _mendedCancel;

    /// <summary>Reminders in a row that found no sweep.</summary>
    private int _missed;

    // In memory alone: after a loss of this grain, leases begin traces of their own.
    private string? _submission;

    public SweepGrain(
        SweepStore store, StoreFaults faults, IOptions<QueueOptions> queue, SweepInstruments instruments, TimeProvider time,
        ILogger<SweepGrain> logger,
        IOptions<SiloMessagingOptions> messaging)
        : base(time)
    {
        (this.store, this.faults, this.queue, this.instruments, this.logger) = (store, faults, queue, instruments, logger);
        var patience = messaging.Value.ResponseTimeout;
        _begins = new(BeginAsync, _ => 1, MaxLeases, patience, time);
        _ends = new(EndAsync, _ => 1, MaxLeases, patience, time);
        _reports = new(ReportAsync, Weigh, MaxBatchBytes, patience, time);
    }

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        try
        {
            await ReadyAsync();
        }
        // A store that is away now is read by the first call that comes when it is back; whoever calls meanwhile hears of it.
        catch (StoreException e) when (e.IsTransient)
        {
            LogNotLoaded(e.Message);
        }
    }

    /// <summary>A silo that died between two writes may have left packs unoffered, or an end unnoticed.</summary>
    private async Task MendAsync()
    {
        if (_stored is null) return;
        if (Sweep.State.HasEnded)
        {
            if (!await store.Sweeps.ReopenAsync(Id)) return;
            LogReopened();
            await LoadAsync();
        }
        _mendedCancel = Sweep.State == SweepState.Cancelling;
        if (_mendedCancel) await GoOnCancellingAsync();
        else if (Sweep.State.IsQueued && !await SettleAsync() && Sweep.State == SweepState.Running) await OfferAsync();
    }

    /// <summary>Reads and mends the sweep where that has not been done yet, as while the store was away.</summary>
    private Task ReadyAsync() => _stale || !_mended ? ChangeAsync(() => Task.CompletedTask) : Task.CompletedTask;

    public Task SubmitAsync(SweepPlan plan, SubmitOptions options) => ChangeAsync(async () =>
    {
        _submission = Activity.Current is { Recorded: true } submission ? submission.Id : null;
        if (_stored is null)
        {
            // Before the sweep is there, so that one whose silo dies in the next moment is found again.
            await WatchAsync();
            await store.Submissions.CreateAsync(Id, plan, options);
            await LoadAsync();
            instruments.CacheHits(Progress.Cached);
        }
        if (Allowed(SweepAction.Submit) is null) return;
        await store.Jobs.MoveJobsAsync(Id, [JobState.Failed, JobState.Cancelled], JobState.Queued);
        if (options.Pool is { } pool) await ShareAsync(new ShareChange { Pool = pool });
        await RunAsync();
    });

    public Task PauseAsync(bool now) => ChangeAsync(async () =>
    {
        await SetStateAsync(Allowed(SweepAction.Pause)!.Value, stops: now || Sweep is { State: SweepState.Paused, Stops: true });
        await Queue.ConfigureAsync(QueueGrain.Share(Sweep), WhilePaused);
    });

    private LeaseDirective WhilePaused => Sweep.Stops ? LeaseDirective.Stop : LeaseDirective.Drain;

    public Task ResumeAsync() => ChangeAsync(async () =>
    {
        Allowed(SweepAction.Resume);
        await store.Jobs.MoveJobsAsync(Id, [JobState.Cancelled], JobState.Queued);
        await RunAsync();
    });

    public Task CancelAsync() => ChangeAsync(async () =>
    {
        if (Allowed(SweepAction.Cancel) is not { } state) return;
        if (Sweep.State != state) await SetStateAsync(state);
        await GoOnCancellingAsync();
    });

    /// <summary>
    /// What follows once the sweep says that it is being cancelled. May be repeated, by whom the first try broke off for.
    /// </summary>
    private async Task GoOnCancellingAsync()
    {
        Progress.Move(JobState.Queued, JobState.Cancelled, await store.Jobs.MoveJobsAsync(Id, [JobState.Queued], JobState.Cancelled));
        await Queue.WithdrawAsync(Id);
        await SettleAsync();
    }

    public Task<int> RetryAsync(RetryScope which) => ChangeAsync(async () =>
    {
        Allowed(SweepAction.Retry);
        var moved = await store.Jobs.MoveJobsAsync(Id, which == RetryScope.Failed ? [JobState.Failed]
            : [JobState.Failed, JobState.Cancelled], JobState.Queued);
        // Those that a try before has moved, which then broke off, are run as well.
        if (moved == 0 && Sweep.State is SweepState.Failed or SweepState.Cancelled) moved = Progress.Count(JobState.Queued);
        if (moved > 0) await RunAsync();
        return moved;
    });

    public Task SetAsync(ShareChange change) => ChangeAsync(async () =>
    {
        if (change.Pool is { } pool && !PoolName.IsValid(pool))
            throw new InvalidInputException($"--pool: found '{pool}'; write {PoolName.Rule}.");
        Allowed(SweepAction.Set);
        var moves = await ShareAsync(change);
        if (!Sweep.State.IsQueued) return;
        if (moves) await OfferAsync();
        else await Queue.OfferAsync(QueueGrain.Share(Sweep), []);
    });

    /// <returns>Whether the sweep has left its queue for another.</returns>
    private async Task<bool> ShareAsync(ShareChange change)
    {
        var (old, pool) = (Queue, change.Pool ?? Sweep.Pool);
        var moves = queue.Value.PoolOf(pool) != queue.Value.PoolOf(Sweep.Pool);
        await store.Sweeps.SetShareAsync(Id, change.Priority ?? Sweep.Priority, change.Parallel ?? Sweep.Parallel, pool);
        (Sweep.Priority, Sweep.Parallel, Sweep.Pool) = (change.Priority ?? Sweep.Priority, change.Parallel ?? Sweep.Parallel, pool);
        if (!moves) return false;
        // Its leases are told to stop; when they have ended, the old queue says so, and what they had waits in the new one.
        await old.WithdrawAsync(Id);
        return true;
    }

    /// <summary>Activates the grain again after its silo was lost, and mends what was lost between it and the queue.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await ReadyAsync();
        if (_stored is null)
        {
            await MissAsync();
            return;
        }
        _missed = 0;
        // At its activation it has been gone on with already.
        if (Sweep.State == SweepState.Cancelling && !_mendedCancel) await ChangeAsync(GoOnCancellingAsync);
        _mendedCancel = false;
        if (Sweep.State.IsOpen) await ReconcileAsync();
        else if (await this.GetReminder(WatchReminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    /// <summary>
    /// Ends the reminder of a sweep that was never created. That of another cluster, with which this one shares the database and the
    /// service id, stays.
    /// </summary>
    private async Task MissAsync() => await ChangeAsync(async () =>
    {
        if (_stored is not null || ++_missed < MostMissed || await store.Sweeps.ExistsAsync(Id)) return;
        if (await this.GetReminder(WatchReminder) is { } reminder) await this.UnregisterReminder(reminder);
    });

    /// <inheritdoc/>
    public override void Dispose()
    {
        _gate.Dispose();
        base.Dispose();
    }

    private SweepId Id => new(this.GetPrimaryKeyString());

    private IQueueGrain Queue => GrainFactory.GetGrain<IQueueGrain>(queue.Value.PoolOf(Sweep.Pool));

    private SweepEntity Sweep => _stored?.Sweep ?? throw SweepReader.Missing(Id.Value);

    private SweepProgress Progress => _progress ?? throw SweepReader.Missing(Id.Value);

    /// <summary>Where a job goes that its worker hands back or loses.</summary>
    private JobState Returned => Sweep.State == SweepState.Cancelling ? JobState.Cancelled : JobState.Queued;

    /// <summary>Where an action leads the sweep; null where it has nothing to do.</summary>
    /// <exception cref="InvalidInputException">The state does not allow it.</exception>
    private SweepState? Allowed(SweepAction action)
    {
        var move = SweepLifecycle.Of(Sweep.State, action);
        return move.Refusal is null ? move.To : throw new InvalidInputException(
            string.Format(CultureInfo.InvariantCulture, move.Refusal, Id));
    }

    private async Task RunAsync()
    {
        await SetStateAsync(SweepState.Running);
        await LoadAsync();
        if (await SettleAsync()) return;
        await WatchAsync();
        await OfferAsync();
        await Queue.ConfigureAsync(QueueGrain.Share(Sweep), LeaseDirective.Continue);
    }

    private Task<IGrainReminder> WatchAsync() =>
        this.RegisterOrUpdateReminder(WatchReminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    private async Task OfferAsync()
    {
        // With the leases that a former pool still holds, so that nobody else gets what they have before they end.
        await Queue.OfferAsync(QueueGrain.Share(Sweep), await store.Leases.UnfinishedPacksAsync(Id, _stored!.Plan));
    }

    private async Task LoadAsync()
    {
        _stored = await store.Sweeps.FindAsync(Id);
        if (_stored is { Plan: var plan })
        {
            var jobs = await store.Jobs.LoadAsync(Id, plan.Seeds.Length);
            _progress = new SweepProgress(PlannedWork.Of(plan), jobs.Counts);
            _running = jobs.Running.ToDictionary(job => job.Position, job =>
                new RunningJob(TrackedJob.From(job, plan), job.Lease is { } lease ? Guid.Parse(lease) : default));
            _failed = jobs.Failed.ConvertAll(job => TrackedJob.From(job, plan));
            _verifies = jobs.Verifies;
            _mismatches = jobs.Mismatches.ConvertAll(job => TrackedJob.From(job, plan));
        }
        _stale = false;
    }

    /// <summary>Ends the sweep when nothing waits or trains any more, by the store's word.</summary>
    /// <returns>Whether it has ended.</returns>
    private async Task<bool> SettleAsync()
    {
        if (Progress.Open > 0) return false;
        if (!Sweep.State.IsOpen) return true;
        if (_verifies) await CheckCacheAsync();
        if (await store.Sweeps.EndSweepAsync(Id) is { } ended)
        {
            Sweep.State = ended;
            return true;
        }
        // The counts in memory are not the store's.
        LogMiscounted();
        await LoadAsync();
        return Progress.Open == 0;
    }

    private async Task SetStateAsync(SweepState state, bool stops = false)
    {
        await store.Sweeps.SetStateAsync(Id, state, stops);
        (Sweep.State, Sweep.Stops) = (state, stops);
    }

    private void NoteFailed(int position, JobStatus job)
    {
        Progress.GiveUp(position, job.Epoch);
        if (_failed.Count < SweepStatus.MaxListed) _failed.Add(job with { State = JobState.Failed });
    }

    /// <summary>A job that trains, and under which lease.</summary>
    private sealed record RunningJob(JobStatus Status, Guid Lease);

    private Task<bool> ChangeAsync(Func<Task> change) => ChangeAsync(async () =>
    {
        await change();
        return true;
    });

    /// <summary>
    /// Runs one change at a time. After an error nobody knows what was written, so the copy in memory is read again before the next one.
    /// </summary>
    private async Task<T> ChangeAsync<T>(Func<Task<T>> change)
    {
        await _gate.WaitAsync();
        try
        {
            if (_stale) await LoadAsync();
            if (!_mended)
            {
                await MendAsync();
                _mended = true;
            }
            var result = await change();
            Show();
            return result;
        }
        catch (Exception e) when (e is not InvalidInputException)
        {
            _stale = true;
            throw;
        }
        finally
        {
            _gate.Release();
        }
    }

    [LoggerMessage(LogLevel.Warning, "The sweep could not be read and is read again at the next call: {Reason}")]
    private partial void LogNotLoaded(string reason);

    [LoggerMessage(LogLevel.Warning, "The queue does not say what the sweep waits for: {Reason}")]
    private partial void LogNoObstacle(string reason);

    [LoggerMessage(LogLevel.Error, "The sweep said that it had ended, and has unfinished jobs; it goes on")]
    private partial void LogReopened();

    [LoggerMessage(LogLevel.Error, "The counts in memory are not the store's; they are read again")]
    private partial void LogMiscounted();

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of job {Job} failed and the job is {Next}: {Fault}")]
    private partial void LogFault(JobId job, int attempt, JobState next, string fault);

    [LoggerMessage(
        LogLevel.Warning, "A report of attempt {Attempt} of the job at position {Position} was refused: it is not the current attempt")]
    private partial void LogRefused(int position, int attempt);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of job {Job} was lost with {Worker}")]
    private partial void LogLost(JobId job, int attempt, string worker);

    [LoggerMessage(LogLevel.Error, "Job {Job} ran again to check the cache and differs: {Difference}")]
    private partial void LogMismatch(JobId job, string? difference);
}
