using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Workers;

/// <summary>Runs the jobs of one lease on a thread of its own and carries their reports to the sweep in batches.</summary>
internal sealed partial class PackRun(IJobExecutor executor, Patience patience, WorkerInstruments instruments, ILogger<PackRun> logger)
{
    /// <summary>Runs the jobs until they are done or the lease is told otherwise.</summary>
    /// <param name="sweep">Who hears of it.</param>
    /// <param name="jobs">The jobs.</param>
    /// <param name="lease">What the queue says meanwhile.</param>
    /// <exception cref="Exception">A report could not be sent.</exception>
    public async Task<LeaseEnd> ExecuteAsync(ISweepGrain sweep, IReadOnlyList<JobAssignment> jobs, LeaseSignals lease)
    {
        using var reports = new PackReports(jobs, lease, instruments);
        var training = Task.Factory.StartNew(() => Train(reports), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        try
        {
            while (await reports.Waiting.WaitToReadAsync(CancellationToken.None)) await SendAsync(sweep, reports, lease);
        }
        catch
        {
            // Nobody reads the reports any more: let the trainer end before the error goes up.
            await lease.StopAsync();
            while (await reports.Waiting.WaitToReadAsync(CancellationToken.None)) reports.Waiting.TryRead(out _);
            await training;
            throw;
        }
        await training;
        return reports.End;
    }

    private async Task SendAsync(ISweepGrain sweep, PackReports reports, LeaseSignals lease)
    {
        var batch = new List<SaidOfJob>();
        while (batch.Count < PackReports.MaxWaiting && reports.Waiting.TryRead(out var said)) batch.Add(said);
        var sent = batch.Select(item => item.Report).ToArray();
        var accepted = await patience.RunAsync(() => sweep.ReportAsync(sent), LogSendFault, lease.Stop);
        for (var i = 0; i < sent.Length; i++) reports.Note(batch[i], accepted[i]);
    }

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

    [LoggerMessage(LogLevel.Warning, "Reports could not be sent and are sent again")]
    private partial void LogSendFault(Exception error);
}
