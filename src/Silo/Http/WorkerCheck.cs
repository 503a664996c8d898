using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Whether every worker hears from its queue. A quarantined silo stays ready, since the queue itself withholds work from it for a time.
/// </summary>
internal sealed class WorkerCheck(WorkerHealth health, SiloSettings settings) : IHealthCheck
{
    /// <summary>The allowed silence: a worker hears from the queue at least every half minute, whatever it does.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var heard = health.HeardWithin(Silence);
        return Task.FromResult(
            health.Hung is { } hung ? HealthCheckResult.Unhealthy(hung)
            : heard < settings.Workers ? HealthCheckResult.Unhealthy(
                $"{settings.Workers - heard} of {settings.Workers} workers have had no answer from the queue of pool '{settings.Pool}' "
                + "in the last minute")
            : health.QuarantinedUntil is { } until ? HealthCheckResult.Degraded(
                $"quarantined until {until:u}, because different jobs failed on this silo in a row")
            : HealthCheckResult.Healthy());
    }
}
