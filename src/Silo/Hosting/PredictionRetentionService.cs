using AdaptCluster.Contracts;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Storage;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// Deletes predictions by the settings, when the silo has started and then every hour. Each control silo does: a second one finds nothing
/// left to delete.
/// </summary>
internal sealed partial class PredictionRetentionService(
    IServiceProvider services, SiloSettings settings, TimeProvider time, ILogger<PredictionRetentionService> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                var sweeps = await StoreServices.PrunePredictionsAsync(services, settings.Predictions.Age, settings.Predictions.Bytes);
                if (sweeps > 0) LogPruned(sweeps);
            }
            // The next hour does what this one did not.
            catch (AdaptClusterException e)
            {
                LogNotPruned(e.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(LogLevel.Information, "Retention: predictions of {Sweeps} sweeps deleted")]
    private partial void LogPruned(int sweeps);

    [LoggerMessage(LogLevel.Warning, "Retention could not delete the predictions that are due; trying again in an hour: {Reason}")]
    private partial void LogNotPruned(string reason);
}
