using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Retention;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Calls the retention grain, which deletes what the settings specify, once after the silo has started and then every hour. Every control
/// silo does this; only the first call finds anything to delete.
/// </summary>
internal sealed partial class RetentionService(
    IClusterClient client, PruneRequest request, TimeProvider time, ILogger<RetentionService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                new Caller(CallerWay.Retention, "retention").Apply();
                var report = await client.GetGrain<IRetentionGrain>(0).PruneAsync(request).WaitAsync(stoppingToken);
                if (report.Sweeps.Length + report.Checkpoints + report.Predictions > 0)
                    LogPruned(report.Sweeps.Length, report.Checkpoints, report.Predictions, report.Bytes);
            }
            // The next run, in an hour, catches up.
            catch (Exception e) when (e is AdaptClusterException or OrleansException or TimeoutException)
            {
                LogNotPruned(ReasonText.Of(e), Every.TotalHours);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Retention deleted {Sweeps} sweeps and {Checkpoints} checkpoints (about {Bytes} bytes) "
        + "and the predictions of {Predictions} other sweeps")]
    private partial void LogPruned(int sweeps, int checkpoints, int predictions, long bytes);

    [LoggerMessage(LogLevel.Warning, "Retention could not delete expired data ({Reason}); retrying in {Hours} h")]
    private partial void LogNotPruned(string reason, double hours);
}
