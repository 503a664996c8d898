using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>A running pack.</summary>
/// <param name="Training">Completes when the training thread ends; only this can hang.</param>
/// <param name="Ended">The outcome of the lease, once the last report has been accepted or given up.</param>
internal sealed record RunningPack(Task Training, Task<LeaseEnd> Ended);

/// <summary>Runs the jobs of one lease on a dedicated thread and sends their reports to the sweep in batches.</summary>
internal sealed partial class PackRun(IJobExecutor executor, RetryPolicy retry, WorkerInstruments instruments, ILogger<PackRun> logger)
{
    /// <summary>
    /// Starts running jobs, until they are done or the lease is told to stop. <see cref="RunningPack.Ended"/> fails if a report could not
    /// be sent.
    /// </summary>
    /// <param name="sweep">Receives the reports.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="lease">The queue's signals.</param>
    /// <param name="progress">Receives the progress of the jobs.</param>
    /// <param name="siloStops">Cancelled when the silo stops, which leaves only a few attempts to send.</param>
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
            // Reports are no longer sent: let the trainer end before rethrowing the error.
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
    /// Sends a batch, in smaller parts after each failure, so that a batch too large for a message or a slow store eventually gets
    /// through.
    /// </summary>
    private async Task SendAsync(ISweepGrain sweep, PackReports reports, List<SaidOfJob> batch, TrainingProgress progress,
        CancellationToken siloStops)
    {
        var size = batch.Count;
        for (var sent = 0; sent < batch.Count;)
        {
            var (from, accepted) = (sent, await retry.RunAsync(
                () => progress.DuringAsync(sweep.ReportAsync([.. batch.Skip(sent).Take(size).Select(Sendable)])), OnFault, siloStops));
            for (var i = 0; i < accepted.Length; i++) reports.Note(batch[from + i], accepted[i]);
            sent += accepted.Length;
        }
        void OnFault(Exception error)
        {
            LogSendFault(error.Message);
            size = Math.Max(1, size / 2);
            // Waiting for the store to accept reports does not count as a stall of the trainer.
            if (error is not Contracts.GrainFaultException) progress.Move();
        }
    }

    /// <summary>Returns the report, or a failure of its job if it is too large for any message and would be resent forever.</summary>
    private static JobReport Sendable(SaidOfJob said) => said.Bytes <= GrainMessages.MaxReportBytes ? said.Report
        : JobReport.Failed(said.Report.Position, said.Report.Attempt, new JobFault(
            $"the job's state has {said.Bytes >> 20} MiB, more than the {GrainMessages.MaxReportBytes >> 20} that a report may have; use "
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

    [LoggerMessage(LogLevel.Warning, "Reports could not be sent and are sent again: {Reason}")]
    private partial void LogSendFault(string reason);
}
