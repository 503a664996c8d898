using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>Whether the silo in this process is still alive; it may not have joined yet.</summary>
internal sealed class AliveCheck(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        silo.CurrentStatus == SiloStatus.Dead ? HealthCheckResult.Unhealthy("the other silos have declared this one dead")
            : HealthCheckResult.Healthy());
}

/// <summary>Whether the silo has not been told to end.</summary>
internal sealed class DrainCheck(IHostApplicationLifetime lifetime) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        lifetime.ApplicationStopping.IsCancellationRequested
            ? HealthCheckResult.Unhealthy("this silo is shutting down and hands back its jobs") : HealthCheckResult.Healthy());
}

/// <summary>Whether the silo is an active member of its cluster.</summary>
internal sealed class MembershipCheck(ISiloStatusOracle silo) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(
        silo.CurrentStatus is SiloStatus.Active ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"this silo is {silo.CurrentStatus} in the membership, not Active"));
}
