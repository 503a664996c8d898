using System.Diagnostics;
using System.Threading.Channels;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>What the training thread has to say of a job, and since when.</summary>
internal sealed record SaidOfJob(JobAssignment Job, JobReport Report, long Since);

/// <summary>The reports of a lease's jobs between the thread that trains and the loop that sends.</summary>
internal sealed class PackReports : IDisposable
{
    /// <summary>Reports that may wait to be sent: a trainer that is further ahead of its checkpoints would lose more when the process dies.</summary>
    internal const int MaxWaiting = 64;

    private readonly Channel<SaidOfJob> _waiting = Channel.CreateBounded<SaidOfJob>(MaxWaiting);
    private readonly Dictionary<int, JobReporter> _reporters;
    private readonly LeaseSignals _lease;
    private readonly WorkerInstruments _instruments;
    private readonly HashSet<JobId> _failed = [];
    private int _completed;
    private bool _unfinished;

    /// <summary>Nothing is said yet.</summary>
    internal PackReports(IReadOnlyList<JobAssignment> jobs, LeaseSignals lease, WorkerInstruments instruments)
    {
        (_lease, _instruments) = (lease, instruments);
        _reporters = jobs.ToDictionary(job => job.Position, job => new JobReporter(job, this, instruments, lease.Stop));
        Jobs = [.. jobs.Select(job => new PackJob(job, _reporters[job.Position]))];
    }

    /// <summary>The jobs for the executor.</summary>
    internal IReadOnlyList<PackJob> Jobs { get; }

    /// <summary>What waits to be sent.</summary>
    internal ChannelReader<SaidOfJob> Waiting => _waiting.Reader;

    /// <summary>Whether no job shall be begun any more.</summary>
    internal bool Draining => _lease.Draining;

    /// <summary>How the lease went, by what was accepted.</summary>
    internal LeaseEnd End => new(_unfinished, _completed, [.. _failed]);

    /// <summary>Waits for room; the sending loop reads to the end, whatever happens.</summary>
    internal void Post(JobAssignment job, JobReport report)
    {
        var said = new SaidOfJob(job, report, Stopwatch.GetTimestamp());
        while (!_waiting.Writer.TryWrite(said)) _waiting.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();
    }

    /// <summary>Nothing more will be said.</summary>
    internal void Complete() => _waiting.Writer.Complete();

    /// <summary>Takes the sweep's answer to a report in.</summary>
    internal void Note(SaidOfJob said, bool accepted)
    {
        var report = said.Report;
        // Refused: another attempt has the job, or its sweep was cancelled. It is not trained on.
        if (!accepted) _reporters[report.Position].Cancel();
        else Measure(said);
        if (!accepted) return;
        if (report.Result is not null) _completed++;
        else if (report.Fault is { Retry: true }) _failed.Add(said.Job.Id);
        _unfinished |= report is { Epoch: null, Result: null } and not { Fault.Retry: false };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var reporter in _reporters.Values) reporter.Dispose();
    }

    private void Measure(SaidOfJob said)
    {
        var (job, kept) = (said.Job.Definition, Stopwatch.GetElapsedTime(said.Since));
        if (said.Report.Epoch is { } epoch) _instruments.Epoch(job, epoch, kept);
        else if (said.Report.Result is { } result) _instruments.Result(job, result);
        else if (said.Report.Checkpoint is { } checkpoint) _instruments.Checkpoint(checkpoint, kept);
    }
}
