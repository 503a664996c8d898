using AdaptCluster.Contracts;
using AdaptCluster.Storage;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Checks that the store responds and has this version's tables. The endpoint is open to anyone, so checks share one query, which runs at
/// most every two seconds. A failure is logged once, and the response omits its details.
/// </summary>
internal sealed partial class StoreCheck(IServiceProvider services, TimeProvider time, ILogger<StoreCheck> logger) : IHealthCheck
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(2), Limit = TimeSpan.FromSeconds(3);
    private readonly Lock _lock = new();
    private Task? _check;
    private long _started;
    private bool _wasAway;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await Current().WaitAsync(Limit, time, cancellationToken);
            if (Interlocked.Exchange(ref _wasAway, false)) LogBack();
            return HealthCheckResult.Healthy();
        }
        catch (Exception e) when (e is AdaptClusterException or TimeoutException)
        {
            if (!Interlocked.Exchange(ref _wasAway, true)) LogAway(ReasonText.Of(e));
            return HealthCheckResult.Unhealthy(e is TimeoutException ? $"the store does not answer within {Limit.TotalSeconds} s"
                : "the store cannot be used; see the silo's log for the reason");
        }
    }

    private Task Current()
    {
        lock (_lock)
        {
            if (_check is null || (_check.IsCompleted && time.GetElapsedTime(_started) > Fresh))
                (_check, _started) = (StoreServices.CheckStoreAsync(services), time.GetTimestamp());
            return _check;
        }
    }

    [LoggerMessage(LogLevel.Warning, "The readiness check of the store failed ({Reason}); the silo is not ready until it passes")]
    private partial void LogAway(string reason);

    [LoggerMessage(LogLevel.Information, "The readiness check of the store passes again")]
    private partial void LogBack();
}
