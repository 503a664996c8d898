using System.Net.Mime;
using System.Text.Json;
using AdaptCluster.Silo.Configuration;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The health endpoints. /health/live checks only this process, so that an orchestrator never restarts silos because of a database problem.
/// /health/ready checks whether the silo can work. Neither endpoint requires a token: they reveal nothing secret, and probes send no
/// tokens.
/// </summary>
internal static class HealthEndpoints
{
    private const string Live = "live", Ready = "ready", LivePath = "/health/live", ReadyPath = "/health/ready";

    /// <summary>Adds the health checks for a silo's role.</summary>
    public static IServiceCollection AddSiloHealth(this IServiceCollection services, SiloSettings settings)
    {
        services.AddSingleton<StoreCheck>();
        var checks = services.AddHealthChecks()
            .AddCheck<AliveCheck>("silo", tags: [Live])
            .AddCheck<DrainCheck>("drain", tags: [Ready])
            .AddCheck<MembershipCheck>("membership", tags: [Ready]);
        if (settings.HostsGrains) checks.AddCheck<StoreCheck>("store", tags: [Ready]);
        if (settings.Workers > 0) checks.AddCheck<WorkerCheck>("workers", tags: [Ready]);
        return services;
    }

    /// <summary>
    /// Handles requests to the probe listener. It serves only the two health paths, accepts any host name, and allows one request per
    /// connection.
    /// </summary>
    public static void UseProbes(this IApplicationBuilder app) => app.MapWhen(SiloListeners.IsProbe, probes => probes
        .Use((context, next) =>
        {
            context.Response.Headers.Connection = "close";
            return next(context);
        })
        .UseHealthChecks(LivePath, Options(Live))
        .UseHealthChecks(ReadyPath, Options(Ready)));

    /// <summary>Maps the two health paths.</summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks(LivePath, Options(Live)).AllowAnonymous();
        app.MapHealthChecks(ReadyPath, Options(Ready)).AllowAnonymous();
    }

    private static HealthCheckOptions Options(string tag) => new()
    {
        Predicate = check => check.Tags.Contains(tag),
        ResponseWriter = WriteAsync,
    };

    /// <summary>
    /// Writes a response such as {"status": "unhealthy", "checks": {"store": {"status": "unhealthy", "reason": "…"}}}. Exceptions are
    /// logged but not written.
    /// </summary>
    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = MediaTypeNames.Application.Json;
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status", Name(report.Status));
        json.WriteStartObject("checks");
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject(name);
            json.WriteString("status", Name(entry.Status));
            if (entry.Description is { } reason) json.WriteString("reason", reason);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Name(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
