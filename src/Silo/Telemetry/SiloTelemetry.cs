using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>Publishes metrics at /metrics in Prometheus formats, for a silo that runs as a server.</summary>
internal static class SiloTelemetry
{
    /// <summary>The meters of this program, Orleans, the web server and the runtime.</summary>
    private static readonly string[] Meters =
        [ClusterTelemetry.Name, "Microsoft.Orleans", "Microsoft.AspNetCore.Hosting",
            "Microsoft.AspNetCore.Server.Kestrel", "System.Runtime"];

    /// <summary>Adds the meters and their exporter.</summary>
    public static void AddSiloMetrics(this IServiceCollection services, SiloSettings settings)
    {
        services.AddSingleton<DeviceInstruments>().AddSingleton<SweepExposition>();
        services.AddOpenTelemetry().ConfigureResource(resource => Describe(resource, settings)).WithMetrics(metrics => metrics
            .AddMeter(Meters)
            .AddView(instrument => SweepExposition.Has(instrument) ? MetricStreamConfiguration.Drop : null)
            .AddPrometheusExporter(o => o.ScopeInfoEnabled = false));
    }

    /// <summary>Maps /metrics.</summary>
    /// <param name="app">The application.</param>
    /// <param name="open">Whether metrics are served without a token.</param>
    public static void MapMetrics(this WebApplication app, bool open)
    {
        // No other code requests these instruments. They are created here, so that their gauges are published from the first scrape.
        app.Services.GetRequiredService<DeviceInstruments>();
        if (app.Services.GetRequiredService<SiloSettings>().Workers > 0) app.Services.GetRequiredService<WorkerInstruments>();
        var sweeps = app.Services.GetRequiredService<SweepExposition>();
        var metrics = app.MapPrometheusScrapingEndpoint("/metrics");
        metrics.Add(endpoint =>
        {
            var exporter = endpoint.RequestDelegate!;
            endpoint.RequestDelegate = context => sweeps.AnswerAsync(context, exporter);
        });
        if (open) metrics.AllowAnonymous();
    }

    /// <summary>Adds attributes that identify the silo to every metric and trace.</summary>
    internal static void Describe(ResourceBuilder resource, SiloSettings settings) => resource
        .AddService("adaptcluster", serviceVersion: ProcessEnvironment.Version, serviceInstanceId: settings.Name)
        .AddAttributes([new("adaptcluster.role", settings.Role), new("adaptcluster.pool", settings.Pool)]);
}
