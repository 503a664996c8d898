using System.Globalization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Storage;
using AdaptCluster.Sweeps.Lifecycle;
using AdaptCluster.Sweeps.Planning;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Sweeps;

/// <summary>
/// The part of a sweep that its grain keeps in memory. It contains counts and running jobs only, so its size does not grow with the sweep.
/// It is changed only after the store has accepted the change, and reloaded after a store error.
/// </summary>
internal sealed partial class SweepCopy(
    SweepId id, SweepStore store, SweepInstruments instruments, TimeProvider time, ILogger<SweepGrain> logger)
{
    private SweepProgress? _progress;
    private Dictionary<JobPosition, RunningJob> _running = [];
    private List<JobStatus> _failed = [];
    private List<JobStatus> _mismatches = [];

    /// <summary>The sweep and its plan; null if the sweep does not exist.</summary>
    internal StoredSweep? Stored { get; private set; }

    /// <summary>The sweep's row, with its state and its share of the workers.</summary>
    internal SweepEntity Sweep => Stored?.Sweep ?? throw SweepReader.Missing(id.Value);

    /// <summary>The sweep's plan.</summary>
    internal SweepPlan Plan => Stored?.Plan ?? throw SweepReader.Missing(id.Value);

    /// <summary>The number of jobs in each state, and the sweep's speed.</summary>
    internal SweepProgress Progress => _progress ?? throw SweepReader.Missing(id.Value);

    /// <summary>Whether cached results are recomputed and compared.</summary>
    internal bool Verifies { get; private set; }

    /// <summary>The state that a job gets when its worker hands it back or is lost.</summary>
    internal JobState Returned => Sweep.State == SweepState.Cancelling ? JobState.Cancelled : JobState.Queued;

    /// <summary>Loads the sweep from the store.</summary>
    internal async Task LoadAsync()
    {
        Stored = await store.Sweeps.FindAsync(id);
        if (Stored is not { Plan: var plan }) return;
        var jobs = await store.Jobs.LoadAsync(id, plan.Seeds.Length);
        _progress = new SweepProgress(PlannedWork.Of(plan), jobs.Counts);
        _running = jobs.Running.ToDictionary(job => new JobPosition(job.Position), job =>
            new RunningJob(TrackedJob.From(job, plan), job.Lease is { } lease ? LeaseId.Parse(lease) : default));
        _failed = jobs.Failed.ConvertAll(job => TrackedJob.From(job, plan));
        Verifies = jobs.Verifies;
        _mismatches = jobs.Mismatches.ConvertAll(job => TrackedJob.From(job, plan));
    }

    /// <summary>Returns the status, without the parts that come from the queue.</summary>
    internal SweepStatus Status() =>
        Progress.Status(Sweep, _running.Values.Select(job => job.Status), _failed, time.GetUtcNow()) with
        {
            CacheMismatches = [.. _mismatches],
            Trainer = TrainerVersion.Of(Sweep.Trainer),
        };

    /// <summary>Returns the state that an action leads to; null if the action has no effect.</summary>
    /// <exception cref="InvalidInputException">The current state does not allow the action.</exception>
    internal SweepState? Allowed(SweepAction action)
    {
        var move = SweepLifecycle.Of(Sweep.State, action);
        return move.Refusal is null ? move.To : throw new InvalidInputException(
            string.Format(CultureInfo.InvariantCulture, move.Refusal, id));
    }

    /// <summary>Stores the sweep's state.</summary>
    internal async Task SetStateAsync(SweepState state, bool stops = false)
    {
        await store.Sweeps.SetStateAsync(id, state, stops);
        (Sweep.State, Sweep.Stops) = (state, stops);
    }

    /// <summary>Stores the sweep's share of the workers.</summary>
    internal async Task SetShareAsync(ShareChange change)
    {
        var (priority, parallel, pool) =
            (change.Priority ?? Sweep.Priority, change.Parallel ?? Sweep.Parallel, change.Pool ?? Sweep.Pool);
        await store.Sweeps.SetShareAsync(id, priority, parallel, pool);
        (Sweep.Priority, Sweep.Parallel, Sweep.Pool) = (priority, parallel, pool);
    }

    /// <summary>The sweep's name, note and tags.</summary>
    internal SweepLabels Labels => new(Sweep.Name, Sweep.Note, SweepEntity.TagsOf(Sweep.Tags));

    /// <summary>Stores the sweep's name, note and tags.</summary>
    internal async Task SetLabelsAsync(SweepLabels labels)
    {
        await store.Sweeps.SetLabelsAsync(id, labels);
        (Sweep.Name, Sweep.Note, Sweep.Tags) = (labels.Name, labels.Note, SweepEntity.TextOf(labels.Tags));
    }

    /// <summary>Ends the sweep if none of its jobs is queued or running according to the store.</summary>
    /// <returns>Whether the sweep has ended.</returns>
    internal async Task<bool> SettleAsync()
    {
        if (Progress.Open > 0) return false;
        if (!Sweep.State.IsOpen) return true;
        if (Verifies) await CheckCacheAsync();
        if (await store.Sweeps.EndSweepAsync(id) is { } ended)
        {
            (Sweep.State, Sweep.EndedMs) = ended;
            return true;
        }
        // The counts in memory differ from the counts in the store.
        LogMiscounted(id);
        await LoadAsync();
        return Progress.Open == 0;
    }

    /// <summary>Compares recomputed results with the cached ones.</summary>
    /// <param name="positions">The jobs that may have received results; null for all jobs.</param>
    internal async Task CheckCacheAsync(JobPosition[]? positions = null)
    {
        if (positions is [] || (await store.Cache.CheckCacheAsync(id, positions)).Length == 0) return;
        _mismatches = (await store.Jobs.CacheMismatchesAsync(id, SweepStatus.MaxListed)).ConvertAll(job => TrackedJob.From(job, Plan));
        foreach (var job in _mismatches) LogMismatch(job.Id, id, job.Error);
    }

    /// <summary>Returns the work left on the given leases.</summary>
    internal PackOffer[] Rests(LeaseId[] leases)
    {
        var parts = PackParts.Of(Plan);
        var held = _running.Where(job => leases.Contains(job.Value.Lease))
            .GroupBy(job => job.Value.Lease, job => (Position: job.Key, job.Value.Status.Epoch));
        return [.. held.Select(lease => parts.Offer(Plan.Pack(lease.First().Position), [.. lease]) with { Lease = lease.Key })];
    }

    /// <summary>Records the jobs that a worker has begun.</summary>
    internal void RecordBegun(PackStart start, PackBeginning begun)
    {
        Progress.Move(JobState.Queued, JobState.Running, begun.Begun.Length);
        foreach (var job in begun.Assignments)
        {
            if (_running.TryGetValue(job.Position, out var known) && known.Status.Attempt == job.Attempt) continue;
            var status = TrackedJob.Describe(job.Position, job.Id, Plan) with
            {
                State = JobState.Running,
                Attempt = job.Attempt,
                Epoch = begun.Epochs[job.Position],
                Worker = start.Worker,
            };
            _running[job.Position] = new(status, start.Lease);
        }
    }

    /// <summary>Records attempts that were lost with their workers.</summary>
    internal void RecordLost(JobPosition[] lost, JobPosition[] givenUp, JobState next)
    {
        instruments.Ended(AttemptOutcome.Lost, lost.Length);
        foreach (var position in lost)
        {
            var failed = givenUp.Contains(position);
            Progress.Move(JobState.Running, failed ? JobState.Failed : next);
            if (!_running.Remove(position, out var running)) continue;
            var job = running.Status;
            LogLost(job.Id, id, job.Attempt.Value, job.Worker ?? "", failed ? JobState.Failed : next);
            if (failed) RecordFailed(position, job with { Error = AttemptLedger.TooManyLosses });
        }
    }

    /// <summary>Records attempts that were begun but never reached their worker.</summary>
    internal void RecordReturned(JobPosition[] returned, JobState next)
    {
        instruments.Ended(AttemptOutcome.Returned, returned.Length);
        Progress.Move(JobState.Running, next, returned.Length);
        foreach (var position in returned) _running.Remove(position);
    }

    /// <summary>Records a report that the store has accepted.</summary>
    /// <param name="report">The report.</param>
    /// <param name="state">The resulting state of the job, from the store.</param>
    /// <returns>The outcome to add to the result table; null if there is none.</returns>
    internal JobOutcome? RecordReport(JobReport report, JobState state)
    {
        var (job, lease) = _running.TryGetValue(report.Position, out var running) ? (running.Status, running.Lease)
            : (TrackedJob.Describe(report.Position, default, Plan), default);
        if (AttemptLedger.Outcome(report) is { } outcome)
        {
            _running.Remove(report.Position);
            Progress.Move(JobState.Running, state);
            instruments.Ended(outcome);
        }
        return report.Match(
            epochDone: epoch => RecordEpoch(report.Position, job, lease, epoch),
            completed: result => RecordResult(report.Position, job, result),
            failed: fault => RecordFault(report, state, job, fault),
            returned: _ => null);
    }

    private JobOutcome RecordResult(JobPosition position, JobStatus job, JobResult result)
    {
        if (result.TrainedFrom is not null) Progress.Skip(position, job.Epoch);
        return new(position, result with { Prompts = null, Predictions = null, FinalLoss = job.Loss });
    }

    private JobOutcome? RecordEpoch(JobPosition position, JobStatus job, LeaseId lease, EpochReport epoch)
    {
        // An epoch that is reported again because the response was lost is accepted by the store again, but counted only once.
        if (epoch.Epoch > job.Epoch) Progress.Add(position, time.GetUtcNow(), job.Worker ?? "");
        // An earlier attempt got further than its last stored checkpoint.
        else if (epoch.Epoch < job.Epoch) Progress.Forget(position, job.Epoch - epoch.Epoch);
        _running[position] = new(job with
        {
            Epoch = epoch.Epoch,
            Loss = epoch.Loss,
            ContextTokens = epoch.ImageContextTokens + epoch.TextContextTokens,
        }, lease);
        return null;
    }

    private JobOutcome? RecordFault(JobReport report, JobState state, JobStatus job, JobFault fault)
    {
        LogFault(job.Id, id, report.Attempt.Value, state, fault.Message.TrimEnd('.'));
        if (fault.DropCheckpoint)
        {
            Progress.Forget(report.Position, job.Epoch);
            job = job with { Epoch = 0 };
        }
        if (state == JobState.Failed) RecordFailed(report.Position, job with { Error = fault.Message });
        return null;
    }

    private void RecordFailed(JobPosition position, JobStatus job)
    {
        Progress.GiveUp(position, job.Epoch);
        if (_failed.Count < SweepStatus.MaxListed) _failed.Add(job with { State = JobState.Failed });
    }

    /// <summary>A running job and its lease.</summary>
    private sealed record RunningJob(JobStatus Status, LeaseId Lease);

    [LoggerMessage(
        LogLevel.Error, "The job counts of sweep {Sweep} in memory differ from those in the store; reloading them from the store")]
    private partial void LogMiscounted(SweepId sweep);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of job {Job} of {Sweep} failed ({Fault}); the job is now {Next}")]
    private partial void LogFault(JobId job, SweepId sweep, int attempt, JobState next, string fault);

    [LoggerMessage(LogLevel.Warning, "Attempt {Attempt} of job {Job} of {Sweep} was lost with worker {Worker}; the job is now {Next}")]
    private partial void LogLost(JobId job, SweepId sweep, int attempt, string worker, JobState next);

    [LoggerMessage(
        LogLevel.Error,
        "Job {Job} of {Sweep} was recomputed to verify its cached result, which differs ({Difference}); the sweep's status lists the job")]
    private partial void LogMismatch(JobId job, SweepId sweep, string? difference);
}
