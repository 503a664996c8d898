using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>What the training thread has to say of a job, and since when.</summary>
internal sealed record SaidOfJob(JobAssignment Job, JobReport Report, long Since)
{
    /// <summary>What a report weighs beside its tensors.</summary>
    private const long Envelope = 1024;

    /// <summary>About how many bytes it takes in memory and in a message.</summary>
    public long Bytes => Envelope + Report.ContentBytes;
}

/// <summary>
/// The reports of a lease's jobs between the thread that trains and the loop that sends. Bounded by bytes: while the store is away the
/// trainer goes on until they are used up, and of each job only the last state is kept, since a later one replaces it anyway.
/// </summary>
internal sealed class PackReports : IDisposable
{
    /// <summary>Bytes of reports that may wait; a trainer that is further ahead waits.</summary>
    internal const long MaxWaitingBytes = 64 << 20;

    /// <summary>Bytes of one message; a report that is larger goes alone.</summary>
    internal const long MaxBatchBytes = 4 << 20;

    /// <summary>Reports of one message.</summary>
    internal const int MaxBatch = 256;

    private readonly Lock _lock = new();
    private readonly LinkedList<SaidOfJob> _waiting = new();
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

    /// <summary>Nothing is said yet.</summary>
    internal PackReports(IReadOnlyList<JobAssignment> jobs, LeaseSignals lease, TrainingProgress progress, WorkerInstruments instruments)
    {
        (_lease, _progress, _instruments) = (lease, progress, instruments);
        _reporters = jobs.ToDictionary(job => job.Position, job => new JobReporter(job, this, progress, instruments, lease.Stop));
        Jobs = [.. jobs.Select(job => new PackJob(job, _reporters[job.Position]))];
    }

    /// <summary>The jobs for the executor.</summary>
    internal IReadOnlyList<PackJob> Jobs { get; }

    /// <summary>Whether no job shall be begun any more.</summary>
    internal bool Draining => _lease.Draining;

    /// <summary>How the lease went, by what was accepted.</summary>
    internal LeaseEnd End => new(_unfinished, _completed, [.. _failed]) { Unfit = _unfit };

    /// <summary>Waits for room; the sending loop reads to the end, whatever happens.</summary>
    internal void Post(JobAssignment job, JobReport report)
    {
        var said = new SaidOfJob(job, report, Stopwatch.GetTimestamp());
        while (!TryPost(said))
        {
            // A trainer that waits for the store does not stand still.
            if (!_hasRoom.Wait(TrainingProgress.WaitPeriod)) _progress.Move();
        }
    }

    /// <summary>Nothing more will be said.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isComplete = true;
            _came.TrySetResult();
        }
    }

    /// <summary>Waits for reports and takes as many as one message carries; none when nothing more comes.</summary>
    internal async Task<List<SaidOfJob>> TakeAsync()
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

    /// <summary>Takes the sweep's answer to a report in.</summary>
    internal void Note(SaidOfJob said, bool accepted)
    {
        var report = said.Report;
        // Refused: another attempt has the job, or its sweep was cancelled. It is not trained on, and what waits of its pack is the sweep's
        // to say.
        if (!accepted)
        {
            _reporters[report.Position].Cancel();
            _unfinished = true;
            return;
        }
        Measure(said);
        _unfinished |= report.Match(
            epochDone: _ => false,
            completed: _ =>
            {
                _completed++;
                return false;
            },
            failed: fault =>
            {
                if (fault.Retry) _failed.Add(said.Job.Id);
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

    private bool TryPost(SaidOfJob said)
    {
        lock (_lock)
        {
            if (said.Report.Epoch is not null) DropEarlierState(said.Report.Position);
            if (_waiting.Count > 0 && _bytes + said.Bytes > MaxWaitingBytes)
            {
                _hasRoom.Reset();
                return false;
            }
            _waiting.AddLast(said);
            _bytes += said.Bytes;
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

    private List<SaidOfJob> Take()
    {
        var (batch, bytes) = (new List<SaidOfJob>(), 0L);
        while (_waiting.First is { Value: var said } && batch.Count < MaxBatch && (batch.Count == 0 || bytes + said.Bytes <= MaxBatchBytes))
        {
            _waiting.RemoveFirst();
            batch.Add(said);
            bytes += said.Bytes;
        }
        _bytes -= bytes;
        _hasRoom.Set();
        return batch;
    }

    private void Measure(SaidOfJob said)
    {
        var (job, kept) = (said.Job.Definition, Stopwatch.GetElapsedTime(said.Since));
        if (said.Report.Epoch is { } epoch) _instruments.Epoch(job, epoch, kept);
        else if (said.Report.Result is { } result) _instruments.Result(job, result);
        else if (said.Report.Checkpoint is { } checkpoint) _instruments.Checkpoint(checkpoint, kept);
    }
}
