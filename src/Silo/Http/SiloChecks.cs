using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>Checks that the silo in this process has not been declared dead. It may not have joined its cluster yet.</summary>
internal sealed class AliveCheck(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        silo.CurrentStatus == SiloStatus.Dead ? HealthCheckResult.Unhealthy("the other silos have declared this one dead")
            : HealthCheckResult.Healthy());
}

/// <summary>Checks that the silo has not been told to stop.</summary>
internal sealed class DrainCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("this silo is shutting down and handing back its jobs") : HealthCheckResult.Healthy());
}

/// <summary>Checks that the silo is an active member of its cluster.</summary>
internal sealed class MembershipCheck(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        silo.CurrentStatus is SiloStatus.Active ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"this silo's membership status is {silo.CurrentStatus}, not Active"));
}
