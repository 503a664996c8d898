using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>A report from the training thread about a job, with the timestamp of its creation.</summary>
internal sealed record QueuedReport(JobAssignment Job, JobReport Report, long Since)
{
    /// <summary>The approximate size of a report without its content, in bytes.</summary>
    private const long Envelope = 1024;

    /// <summary>The approximate size in memory and in a message, in bytes.</summary>
    public long Bytes => Envelope + Report.ContentBytes;
}

/// <summary>
/// Buffers a lease's reports between the training thread and the sending loop. The buffer has a size limit in bytes: during a store outage,
/// the trainer continues until the buffer is full. Only the latest checkpoint of each job is kept, because it replaces all earlier
/// checkpoints.
/// </summary>
internal sealed class PackReports : IDisposable
{
    /// <summary>The maximum total size of waiting reports, in bytes. The trainer waits while the buffer is full.</summary>
    internal const long MaxWaitingBytes = 64 << 20;

    /// <summary>The maximum size of one message, in bytes. A larger report is sent in its own message.</summary>
    internal const long MaxBatchBytes = 4 << 20;

    /// <summary>The maximum number of reports in one message.</summary>
    internal const int MaxBatch = 256;

    private readonly Lock _lock = new();
    private readonly LinkedList<QueuedReport> _waiting = new();
    private readonly ManualResetEventSlim _hasRoom = new(initialState: true);
    private readonly Dictionary<JobPosition, JobReporter> _reporters;
    private readonly LeaseSignals _lease;
    private readonly TrainingProgress _progress;
    private readonly WorkerInstruments _instruments;
    private readonly HashSet<JobId> _failed = [];
    private TaskCompletionSource _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _bytes;
    private bool _isComplete;
    private string? _unfit;
    private int _completed;
    private bool _unfinished;

    /// <summary>Initializes an empty buffer.</summary>
    internal PackReports(IReadOnlyList<JobAssignment> jobs, LeaseSignals lease, TrainingProgress progress, WorkerInstruments instruments)
    {
        (_lease, _progress, _instruments) = (lease, progress, instruments);
        _reporters = jobs.ToDictionary(job => job.Position, job => new JobReporter(job, this, progress, instruments, lease.Stop));
        Jobs = [.. jobs.Select(job => new PackJob(job, _reporters[job.Position]))];
    }

    /// <summary>The jobs to pass to the executor.</summary>
    internal IReadOnlyList<PackJob> Jobs { get; }

    /// <summary>Whether no further jobs should start.</summary>
    internal bool Draining => _lease.Draining;

    /// <summary>The outcome of the lease, derived from the accepted reports.</summary>
    internal LeaseEnd End => new(_unfinished, _completed, [.. _failed]) { Unfit = _unfit };

    /// <summary>
    /// Adds a report, waiting for space in the buffer if needed. The sending loop always empties the buffer, so the wait is finite.
    /// </summary>
    internal void Post(JobAssignment job, JobReport report)
    {
        var queued = new QueuedReport(job, report, Stopwatch.GetTimestamp());
        while (!TryPost(queued))
        {
            // A trainer that waits for the store is not stalled.
            if (!_hasRoom.Wait(TrainingProgress.WaitPeriod)) _progress.Move();
        }
    }

    /// <summary>Marks the end of the reports.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _came.TrySetResult();
        }
    }

    /// <summary>Waits for reports and removes as many as fit in one message. Returns an empty list after the last report.</summary>
    internal async Task<List<QueuedReport>> TakeAsync()
    {
        while (true)
        {
            Task came;
            lock (_lock)
            {
                if (_waiting.Count > 0) return Take();
                if (_isComplete) return [];
                if (_came.Task.IsCompleted) _came = new(TaskCreationOptions.RunContinuationsAsynchronously);
                came = _came.Task;
            }
            await came;
        }
    }

    /// <summary>Records whether the sweep has accepted a report.</summary>
    internal void Record(QueuedReport queued, bool accepted)
    {
        var report = queued.Report;
        // Refused: the job has a newer attempt, or its sweep was cancelled. Its training stops, and the sweep decides which jobs of the
        // pack still wait.
        if (!accepted)
        {
            _reporters[report.Position].Cancel();
            _unfinished = true;
            return;
        }
        Measure(queued);
        _unfinished |= report.Match(
            epochDone: _ => false,
            completed: _ =>
            {
                _completed++;
                return false;
            },
            failed: fault =>
            {
                if (fault.Retry) _failed.Add(queued.Job.Id);
                if (fault.Unfit) _unfit = fault.Message;
                return fault.Retry;
            },
            returned: _ => true);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reporter in _reporters.Values) reporter.Dispose();
        _hasRoom.Dispose();
    }

    private bool TryPost(QueuedReport queued)
    {
        lock (_lock)
        {
            if (queued.Report.Epoch is not null) DropEarlierState(queued.Report.Position);
            if (_waiting.Count > 0 && _bytes + queued.Bytes > MaxWaitingBytes)
            {
                _hasRoom.Reset();
                return false;
            }
            _waiting.AddLast(queued);
            _bytes += queued.Bytes;
            _came.TrySetResult();
            return true;
        }
    }

    private void DropEarlierState(JobPosition position)
    {
        for (var node = _waiting.Last; node is not null; node = node.Previous)
        {
            if (node.Value.Report is not { Epoch: { Checkpoint.Length: > 0 } epoch } report || report.Position != position) continue;
            _bytes -= epoch.Checkpoint.LongLength;
            node.Value = node.Value with
            {
                Report = JobReport.EpochDone(position, report.Attempt, epoch with { Checkpoint = [] }),
            };
            return;
        }
    }

    private List<QueuedReport> Take()
    {
        var (batch, bytes) = (new List<QueuedReport>(), 0L);
        while (_waiting.First is { Value: var queued } && batch.Count < MaxBatch
            && (batch.Count == 0 || bytes + queued.Bytes <= MaxBatchBytes))
        {
            _waiting.RemoveFirst();
            batch.Add(queued);
            bytes += queued.Bytes;
        }
        _bytes -= bytes;
        _hasRoom.Set();
        return batch;
    }

    private void Measure(QueuedReport queued)
    {
        var (job, kept) = (queued.Job.Definition, Stopwatch.GetElapsedTime(queued.Since));
        if (queued.Report.Epoch is { } epoch) _instruments.Epoch(job, epoch, kept);
        else if (queued.Report.Result is { } result) _instruments.Result(job, result);
        else if (queued.Report.Checkpoint is { } checkpoint) _instruments.Checkpoint(checkpoint, kept);
    }
}
