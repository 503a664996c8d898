using System.Diagnostics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Audit;
using AdaptCluster.Grains.Placement;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Lifecycle;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Concurrency;
using Orleans.Configuration;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// Manages one sweep. The store decides by conditional writes on the attempt number, and <see cref="SweepCopy"/> mirrors its decisions.
/// Calls interleave, so that the reports of many workers share one transaction; <see cref="SweepChanges"/> serialises the writes.
/// <see cref="SweepLifecycle"/> defines the effect of each action in each state. While the sweep is open, a reminder keeps the grain
/// active. After the sweep has ended, the grain deactivates when it has not been called for some minutes.
/// </summary>
[GrainType("sweep"), Reentrant, ControlSilo(1)]
internal sealed partial class SweepGrain : IdleGrain, ISweepGrain, IRemindable
{
    private const string WatchReminder = "watch";

    /// <summary>
    /// The number of consecutive reminders, one per minute, that may find no sweep before the reminder is removed. A submission whose silo
    /// died can still be committed until <see cref="StatementTime.WholeSweep"/> has passed.
    /// </summary>
    internal const int MostMissed = 60;

    private readonly SweepStore store;
    private readonly SweepInstruments instruments;
    private readonly ILogger<SweepGrain> logger;
    private readonly SweepCopy _copy;
    private readonly SweepChanges _changes;
    private readonly SweepLeases _leases;
    private readonly SweepReports _reports;
    private readonly SweepQueueLink _queue;
    private readonly SweepReader _reader;
    private readonly SweepPermits _permits;
    private readonly SweepDeletion _deletion;

    /// <summary>Whether activation resumed an interrupted cancellation.</summary>
    private bool _mendedCancel;

    /// <summary>The number of consecutive reminders that found no sweep.</summary>
    private int _missed;

    // Kept only in memory. After this grain is lost, each lease starts its own trace.
    private string? _submission;

    public SweepGrain(
        SweepStore store, StoreFaults faults, IOptions<QueueOptions> queue, JobQuota quota, SweepInstruments instruments, TimeProvider time,
        ILogger<SweepGrain> logger, IOptions<SiloMessagingOptions> messaging, AuditLog audit) : base(time)
    {
        (this.store, this.instruments, this.logger) = (store, instruments, logger);
        var patience = messaging.Value.ResponseTimeout;
        _copy = new(Id, store, instruments, time, logger);
        _changes = new(_copy, MendAsync, new SweepGauges(Id, _copy, instruments, time).Publish);
        _leases = new(Id, _copy, _changes, store, patience, time, logger);
        // If a message to the coordinator is lost, the coordinator reads the results from the store.
        _reports = new(Id, _copy, _changes, store, instruments, outcomes =>
            GrainFactory.GetGrain<ICoordinatorGrain>(Id.Value).AddAsync(outcomes).Ignore(), patience, time, logger);
        _queue = new(Id, _copy, store, faults, queue.Value, GrainFactory, time, logger);
        _reader = new(store, () => queue.Value.Pool, time, () => _copy.Stored);
        _permits = new(Id, _copy, quota, audit);
        _deletion = new(Id, _copy, store, instruments, audit);
    }

    private SweepId Id => new(this.GetPrimaryKeyString());

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        await base.OnActivateAsync(cancellationToken);
        try
        {
            await _changes.ReadyAsync();
        }
        // If the store is unavailable now, the first call after the outage loads the sweep. Earlier calls receive the error.
        catch (StoreException e) when (e.IsTransient)
        {
            LogNotLoaded(Id, ReasonText.Of(e));
        }
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        instruments.Remove(Id.Value);
        return Task.CompletedTask;
    }

    public Task SubmitAsync(SweepPlan plan, SubmitOptions options) => _changes.RunAsync(async () =>
    {
        _submission = Activity.Current is { Recorded: true } submission ? submission.Id : null;
        await _permits.RefuseReadersAsync(SweepAction.Submit);
        var isNew = _copy.Stored is null;
        if (isNew)
        {
            await _permits.RecordNewAsync(options.SubmittedBy);
            // The reminder is registered before the sweep exists, so that the sweep is found again if this silo dies right after creating
            // it.
            await RegisterReminderAsync();
            await store.Submissions.CreateAsync(Id, plan, options);
            await _copy.LoadAsync();
            instruments.CacheHits(_copy.Progress.Cached);
        }
        var share = new ShareChange { Pool = options.Pool };
        if (!isNew)
        {
            if (await _permits.TakeAsync(SweepAction.Submit, _permits.Words(share), name: options.SubmittedBy) is null) return;
            await store.Jobs.MoveJobsAsync(Id, [JobState.Failed, JobState.Cancelled], JobState.Queued);
        }
        if (options.Pool is not null) await _queue.ChangeAsync(share);
        await RunAsync();
    });

    public Task PauseAsync(bool now) => _changes.RunAsync(async () =>
    {
        var stops = now || _copy.Sweep is { State: SweepState.Paused, Stops: true };
        await _copy.SetStateAsync((await _permits.TakeAsync(SweepAction.Pause, now ? "running jobs stop at once" : null))!.Value, stops);
        await _queue.PauseAsync();
    });

    public Task ResumeAsync() => _changes.RunAsync(async () =>
    {
        await _permits.TakeAsync(SweepAction.Resume, again: [JobState.Cancelled]);
        await store.Jobs.MoveJobsAsync(Id, [JobState.Cancelled], JobState.Queued);
        await RunAsync();
    });

    public Task CancelAsync() => _changes.RunAsync(async () =>
    {
        if (await _permits.TakeAsync(SweepAction.Cancel) is not { } state) return;
        if (_copy.Sweep.State != state) await _copy.SetStateAsync(state);
        await GoOnCancellingAsync();
    });

    public Task<int> RetryAsync(RetryScope which) => _changes.RunAsync(async () =>
    {
        JobState[] again = which == RetryScope.Failed ? [JobState.Failed] : [JobState.Failed, JobState.Cancelled];
        await _permits.TakeAsync(SweepAction.Retry, which == RetryScope.Missing ? "including cancelled jobs" : null, again);
        var moved = await store.Jobs.MoveJobsAsync(Id, again, JobState.Queued);
        // Jobs that an interrupted earlier retry has already moved are run as well.
        if (moved == 0 && _copy.Sweep.State is SweepState.Failed or SweepState.Cancelled) moved = _copy.Progress.Count(JobState.Queued);
        if (moved > 0) await RunAsync();
        return moved;
    });

    public Task DeleteAsync(bool keepResults) => _changes.RunAsync(async () =>
    {
        await _deletion.RunAsync(keepResults);
        if (!keepResults) await UnregisterReminderAsync();
    });

    public Task SetAsync(ShareChange change) => _changes.RunAsync(async () =>
    {
        if (change.Pool is { } pool && !PoolName.IsValid(pool))
            throw new InvalidInputException($"--pool: found '{pool}'; write {PoolName.Rule}.");
        await _permits.TakeAsync(change);
        var moves = await _queue.ChangeAsync(change);
        if (!_copy.Sweep.State.IsQueued) return;
        if (moves) await _queue.OfferAsync();
        else await _queue.ShareAsync();
    });

    public Task LabelAsync(LabelChange change) => _changes.RunAsync(async () =>
    {
        if (await _permits.TakeAsync(change) is { } labels) await _copy.SetLabelsAsync(labels);
    });

    public Task<PackAssignment> BeginAsync(PackStart start) => _leases.BeginAsync(start, _submission);

    public async Task LeaseLostAsync(PackNumber pack, LeaseId lease) => await LeaseEndedAsync(pack, lease);

    public Task<PackOffer?> LeaseEndedAsync(PackNumber pack, LeaseId lease, bool unbegun = false) => _leases.EndAsync(pack, lease, unbegun);

    public async Task LeaseEndedInAsync(string pool, PackNumber pack, LeaseId lease)
    {
        await _changes.ReadyAsync();
        if (_copy.Stored?.Sweep.State.IsQueued != true) return;
        if (pool == _queue.Pool) await ReconcileAsync();
        // The sweep has moved to another pool, whose queue knows at most the id of the lease.
        else await _queue.EndAsync(pack, lease);
    }

    public Task<PackOffer[]> RestsAsync(LeaseId[] leases) =>
        Task.FromResult(_copy.Stored is null || _changes.IsStale ? [] : _copy.Rests(leases));

    public Task<bool[]> ReportAsync(JobReport[] reports) => _reports.TakeAsync(reports);

    public async Task<SweepStatus> StatusAsync()
    {
        await _changes.ReadyAsync();
        return _copy.Status() with
        {
            Pool = _queue.Pool,
            RefusedReports = _reports.Refused,
            Obstacle = await _queue.ObstacleAsync(),
        };
    }

    public Task<AttemptEvent[]> LogAsync(string? job, DateTimeOffset? from) => ReadAsync(() => _reader.LogAsync(Id, job, from));

    public Task<JobDetail> JobAsync(string job) => ReadAsync(() => _reader.JobAsync(Id, job));

    public Task<CacheMiss?> NearestAsync(string job) => ReadAsync(() => _reader.NearestAsync(Id, job));

    public Task<JobHistory> HistoryAsync(string job) => ReadAsync(() => _reader.HistoryAsync(Id, job));

    public Task<byte[]?> FileAsync(string job, JobFile file) => ReadAsync(() => _reader.FileAsync(Id, job, file));

    public Task<CellJobs[]> CellsAsync() => ReadAsync(() => _reader.CellsAsync(Id));

    public Task<JobPage> JobsAsync(JobQuery query) => ReadAsync(() => _reader.JobsAsync(Id, query));

    /// <summary>Reactivates the grain after its silo was lost, and repairs differences between the sweep and its queue.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        await _changes.ReadyAsync();
        if (_copy.Stored is null)
        {
            await MissAsync();
            return;
        }
        _missed = 0;
        // Activation may already have resumed the cancellation.
        if (_copy.Sweep.State == SweepState.Cancelling && !_mendedCancel) await _changes.RunAsync(GoOnCancellingAsync);
        _mendedCancel = false;
        if (_copy.Sweep.State.IsOpen) await ReconcileAsync();
        else await UnregisterReminderAsync();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _changes.Dispose();
        base.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        await _changes.ReadyAsync();
        return await read();
    }

    private Task ReconcileAsync() => _queue.ReconcileAsync((pack, lease) => LeaseEndedAsync(pack, lease));

    /// <summary>
    /// Repairs the effects of a silo that died between two writes: packs that were not offered, or an end that was not recorded.
    /// </summary>
    private async Task MendAsync()
    {
        if (_copy.Stored is null) return;
        if (_copy.Sweep.State.HasEnded)
        {
            if (!await store.Sweeps.ReopenAsync(Id)) return;
            LogReopened(Id);
            await _copy.LoadAsync();
        }
        _mendedCancel = _copy.Sweep.State == SweepState.Cancelling;
        if (_mendedCancel) await GoOnCancellingAsync();
        else if (_copy.Sweep.State.IsQueued && !await _copy.SettleAsync() && _copy.Sweep.State == SweepState.Running)
            await _queue.OfferAsync();
    }

    /// <summary>
    /// Completes the cancellation of a sweep in the cancelling state. It can run again if an earlier run was interrupted.
    /// </summary>
    private async Task GoOnCancellingAsync()
    {
        var moved = await store.Jobs.MoveJobsAsync(Id, [JobState.Queued], JobState.Cancelled);
        _copy.Progress.Move(JobState.Queued, JobState.Cancelled, moved);
        await _queue.WithdrawAsync();
        await _copy.SettleAsync();
    }

    /// <summary>
    /// Removes the reminder for a sweep that was never created. The reminder is kept if the sweep belongs to another cluster that shares
    /// the database and the service id.
    /// </summary>
    private Task MissAsync() => _changes.RunAsync(async () =>
    {
        if (_copy.Stored is not null || ++_missed < MostMissed || await store.Sweeps.ExistsAsync(Id)) return;
        await UnregisterReminderAsync();
    });

    private async Task RunAsync()
    {
        await _copy.SetStateAsync(SweepState.Running);
        await _copy.LoadAsync();
        if (await _copy.SettleAsync()) return;
        await RegisterReminderAsync();
        await _queue.OfferAsync();
        await _queue.ContinueAsync();
    }

    private async Task UnregisterReminderAsync()
    {
        if (await this.GetReminder(WatchReminder) is { } reminder) await this.UnregisterReminder(reminder);
    }

    private Task<IGrainReminder> RegisterReminderAsync() =>
        this.RegisterOrUpdateReminder(WatchReminder, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1));

    [LoggerMessage(LogLevel.Warning, "Could not load sweep {Sweep} from the store ({Reason}); retrying on the next call")]
    private partial void LogNotLoaded(SweepId sweep, string reason);

    [LoggerMessage(LogLevel.Error, "Sweep {Sweep} is stored as ended but has unfinished jobs; reopening it")]
    private partial void LogReopened(SweepId sweep);
}
