using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>A pack whose jobs are running.</summary>
/// <param name="Training">Completes when the training thread exits. Only this task can hang.</param>
/// <param name="Ended">Completes with the lease's outcome after the last report has been accepted or abandoned.</param>
internal sealed record RunningPack(Task Training, Task<LeaseEnd> Ended);

/// <summary>Runs the jobs of one lease on a dedicated thread and sends their reports to the sweep in batches.</summary>
internal sealed partial class PackRun(IJobExecutor executor, RetryPolicy retry, WorkerInstruments instruments, ILogger<PackRun> logger)
{
    /// <summary>
    /// Starts the jobs, which run until they are done or the lease must stop. <see cref="RunningPack.Ended"/> fails if a report could not
    /// be sent.
    /// </summary>
    /// <param name="sweep">The sweep that receives the reports.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="lease">The queue's signals for the lease.</param>
    /// <param name="progress">Receives the progress of the jobs.</param>
    /// <param name="siloStops">Cancelled when the silo stops. After that, only a few more attempts are made to send reports.</param>
    public RunningPack Start(ISweepGrain sweep, IReadOnlyList<JobAssignment> jobs, LeaseSignals lease, TrainingProgress progress,
        CancellationToken siloStops)
    {
        var reports = new PackReports(jobs, lease, progress, instruments);
        var training = Task.Factory.StartNew(() => Train(reports), CancellationToken.None,
            TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return new(training, EndAsync(training, reports, sweep, lease, progress, siloStops));
    }

    private async Task<LeaseEnd> EndAsync(Task training, PackReports reports, ISweepGrain sweep, LeaseSignals lease,
        TrainingProgress progress, CancellationToken siloStops)
    {
        using var disposed = reports;
        try
        {
            while (await reports.TakeAsync() is { Count: > 0 } batch) await SendAsync(sweep, reports, batch, progress, siloStops);
        }
        catch
        {
            // Reports are no longer sent. The trainer must stop before the error is rethrown.
            await lease.StopAsync();
            while ((await reports.TakeAsync()).Count > 0)
            {
            }
            await training;
            throw;
        }
        await training;
        return reports.End;
    }

    /// <summary>
    /// Sends a batch of reports. Each failure halves the number of reports per call, so that a batch that is too large for a message or for
    /// a slow store eventually gets through.
    /// </summary>
    private async Task SendAsync(ISweepGrain sweep, PackReports reports, List<QueuedReport> batch, TrainingProgress progress,
        CancellationToken siloStops)
    {
        var (size, sent) = (batch.Count, 0);
        while (sent < batch.Count)
        {
            var (from, accepted) = (sent, await retry.RunAsync(
                () => progress.DuringAsync(sweep.ReportAsync([.. batch.Skip(sent).Take(size).Select(Sendable)])), OnFault, siloStops));
            for (var i = 0; i < accepted.Length; i++) reports.Record(batch[from + i], accepted[i]);
            sent += accepted.Length;
        }
        void OnFault(Exception error, TimeSpan pause)
        {
            LogNotSent(Math.Min(size, batch.Count - sent), batch[sent].Job.Id, ReasonText.Of(error), pause.TotalSeconds);
            size = Math.Max(1, size / 2);
            // Waiting for the store to accept reports does not count as a stall of the trainer.
            if (error is not GrainFaultException) progress.Move();
        }
    }

    /// <summary>
    /// Returns the report. If the report is too large for any message and would be resent forever, returns a report that its job has failed
    /// instead.
    /// </summary>
    private static JobReport Sendable(QueuedReport report) => report.Bytes <= GrainMessages.MaxReportBytes ? report.Report
        : JobReport.Failed(report.Report.Position, report.Report.Attempt, new JobFault(
            $"the job's state takes {report.Bytes >> 20} MiB, but a report can carry only {GrainMessages.MaxReportBytes >> 20} MiB; use "
            + "fewer or shorter prompts", Retry: false));

    private void Train(PackReports reports)
    {
        try
        {
            executor.Run(reports.Jobs);
        }
        finally
        {
            reports.Complete();
        }
    }

    [LoggerMessage(
        LogLevel.Warning, "Could not send {Reports} reports, the first for job {Job} ({Reason}); retrying in {Seconds:0.#} s")]
    private partial void LogNotSent(int reports, JobId job, string reason, double seconds);
}
