using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>A pack that runs.</summary>
/// <param name="Training">Ends when the thread that trains does: only it can hang.</param>
/// <param name="Ended">How the lease went, once the last report is accepted or given up.</param>
internal sealed record RunningPack(Task Training, Task<LeaseEnd> Ended);

/// <summary>Runs the jobs of one lease on a thread of its own and carries their reports to the sweep in batches.</summary>
internal sealed partial class PackRun(IJobExecutor executor, RetryPolicy retry, WorkerInstruments instruments, ILogger<PackRun> logger)
{
    /// <summary>
    /// Begins to run jobs, until they are done or the lease is told otherwise. <see cref="RunningPack.Ended"/> fails where a report could
    /// not be sent.
    /// </summary>
    /// <param name="sweep">Who hears of it.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="lease">What the queue says meanwhile.</param>
    /// <param name="progress">Hears that the jobs get on.</param>
    /// <param name="siloStops">Few attempts to send are left once the silo stops.</param>
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
            // Nobody sends the reports any more: let the trainer end before the error goes up.
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
    /// Sends a batch, in smaller parts after each failure: one that is too large for a message, or for a slow store, gets through in the
    /// end.
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
            // Reports that wait for the store are no standstill of the trainer.
            if (error is not Contracts.GrainFaultException) progress.Move();
        }
    }

    /// <summary>A report that no message carries would be sent for ever: it fails its job instead.</summary>
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
