using System.Diagnostics;
using System.Threading.Channels;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Training.Jobs;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs the jobs of one lease, one after the other, on a thread of its own and carries their reports to the sweep in batches.</summary>
internal sealed partial class PackRun(IJobExecutor executor, Patience patience, WorkerInstruments instruments, ILogger<PackRun> logger)
{
    /// <summary>Reports that may wait to be sent: a trainer that is further ahead of its checkpoints would lose more when the process dies.</summary>
    private const int MaxWaiting = 64;

    /// <summary>Runs the jobs until they are done or the lease is told otherwise.</summary>
    /// <param name="sweep">Who hears of it.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="lease">What the queue says meanwhile.</param>
    /// <exception cref="Exception">A report could not be sent.</exception>
    public async Task<LeaseEnd> ExecuteAsync(ISweepGrain sweep, IReadOnlyList<JobAssignment> jobs, LeaseSignals lease)
    {
        var run = new Run(lease, instruments);
        var training = Task.Factory.StartNew(() => Train(jobs, run), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (await run.Reports.Reader.WaitToReadAsync(CancellationToken.None)) await SendAsync(sweep, run, lease);
        }
        catch
        {
            // Nobody reads the reports any more: let the trainer end before the error goes up.
            await lease.StopAsync();
            while (await run.Reports.Reader.WaitToReadAsync(CancellationToken.None)) run.Reports.Reader.TryRead(out _);
            await training;
            throw;
        }
        await training;
        return new LeaseEnd(run.Unfinished, run.Completed, [.. run.Failed]);
    }

    private async Task SendAsync(ISweepGrain sweep, Run run, LeaseSignals lease)
    {
        var batch = new List<Said>();
        while (batch.Count < MaxWaiting && run.Reports.Reader.TryRead(out var report)) batch.Add(report);
        var reports = batch.Select(item => item.Report).ToArray();
        var accepted = await patience.RunAsync(() => sweep.ReportAsync(reports), LogSendFault, lease.Stop);
        for (var i = 0; i < reports.Length; i++) run.Note(batch[i], accepted[i]);
    }

    private void Train(IReadOnlyList<JobAssignment> jobs, Run run)
    {
        try
        {
            foreach (var job in jobs)
            {
                using var trace = WorkTraces.Job(job);
                var report = Train(job, run);
                WorkTraces.End(trace, report);
                run.Post(job, report);
            }
        }
        finally
        {
            run.Reports.Writer.Complete();
        }
    }

    private JobReport Train(JobAssignment job, Run run)
    {
        using var cancellation = run.Begin(job.Position);
        if (cancellation.IsCancellationRequested || run.Draining) return new JobReport(job.Position, job.Attempt);
        instruments.Begin();
        try
        {
            var result = executor.Run(job, epoch =>
            {
                WorkTraces.Epoch(epoch);
                run.Post(job, new JobReport(job.Position, job.Attempt, Epoch: epoch));
            }, cancellation.Token);
            return new JobReport(job.Position, job.Attempt, Result: result);
        }
        catch (OperationCanceledException e) when (cancellation.IsCancellationRequested)
        {
            return new JobReport(job.Position, job.Attempt, Checkpoint: (e as JobInterruptedException)?.Checkpoint);
        }
        // The boundary of an attempt: its error is a fault of the job, and never the end of the worker.
        catch (Exception e)
        {
            var text = e is AdaptClusterException ? e.Message : $"{e.GetType().Name}: {e.Message}";
            return new JobReport(job.Position, job.Attempt, Fault: new JobFault(text.ReplaceLineEndings(" "), Retry: e is not AdaptClusterException known || known.IsTransient, DropCheckpoint: e is CheckpointException));
        }
        finally
        {
            instruments.End();
        }
    }

    [LoggerMessage(LogLevel.Warning, "Reports could not be sent and are sent again")]
    private partial void LogSendFault(Exception error);

    /// <summary>What the training thread has to say, and since when.</summary>
    private sealed record Said(JobAssignment Job, JobReport Report, long Since);

    /// <summary>What the training thread and the sending loop share.</summary>
    private sealed class Run(LeaseSignals lease, WorkerInstruments instruments)
    {
        private readonly Lock _lock = new();
        private readonly HashSet<int> _refused = [];
        private CancellationTokenSource? _current;
        private int _position = -1;

        public Channel<Said> Reports { get; } = Channel.CreateBounded<Said>(MaxWaiting);
        public int Completed { get; private set; }
        public HashSet<JobId> Failed { get; } = [];
        public bool Unfinished { get; private set; }
        public bool Draining => lease.Draining;

        /// <summary>Waits for room; the sending loop reads to the end, whatever happens.</summary>
        public void Post(JobAssignment job, JobReport report)
        {
            var said = new Said(job, report, Stopwatch.GetTimestamp());
            while (!Reports.Writer.TryWrite(said)) Reports.Writer.WaitToWriteAsync().AsTask().GetAwaiter().GetResult();
        }

        public CancellationTokenSource Begin(int position)
        {
            var cancellation = CancellationTokenSource.CreateLinkedTokenSource(lease.Stop);
            lock (_lock) (_position, _current) = (position, cancellation);
            return cancellation;
        }

        public void Note(Said said, bool accepted)
        {
            var report = said.Report;
            if (accepted) Measure(said);
            if (!accepted) Refuse(report.Position);
            else if (report.Result is not null) Completed++;
            else if (report.Fault is { Retry: true }) Failed.Add(said.Job.Id);
            Unfinished |= accepted && report is { Epoch: null, Result: null } and not { Fault.Retry: false };
        }

        private void Measure(Said said)
        {
            var (job, kept) = (said.Job.Definition, Stopwatch.GetElapsedTime(said.Since));
            if (said.Report.Epoch is { } epoch) instruments.Epoch(job, epoch, kept);
            else if (said.Report.Result is { } result) instruments.Result(job, result);
            else if (said.Report.Checkpoint is { } checkpoint) instruments.Checkpoint(checkpoint, kept);
        }

        /// <summary>Another attempt has the job, or its sweep was cancelled: it is not trained on.</summary>
        private void Refuse(int position)
        {
            lock (_lock)
            {
                if (!_refused.Add(position) || position != _position) return;
                try
                {
                    _current?.Cancel();
                }
                catch (ObjectDisposedException)
                {
                    // The job has just ended by itself.
                }
            }
        }
    }
}
