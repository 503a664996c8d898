using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Workers;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Checks that every worker receives responses from its queue. A quarantined silo stays ready, because the queue itself withholds work from
/// it during the quarantine.
/// </summary>
internal sealed class WorkerCheck(WorkerHealth health, SiloSettings settings) : IHealthCheck
{
    /// <summary>
    /// The maximum time without a response. The queue responds to each worker at least every 30 seconds, even if the worker is busy.
    /// </summary>
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
                $"quarantined until {until:u}, because several different jobs in a row failed on this silo")
            : HealthCheckResult.Healthy());
    }
}
