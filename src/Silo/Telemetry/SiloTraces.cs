using System.Collections;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>The traces of a silo that runs as a server, sent by OTLP.</summary>
internal static class SiloTraces
{
    private const string GrainCalls = "Microsoft.Orleans.Application", StandardPrefix = "OTEL_";

    /// <summary>Adds the sources and their exporter. Headers and other options come from the standard OTEL_… variables.</summary>
    public static void AddSiloTraces(this IHostApplicationBuilder builder, SiloSettings settings, OtlpSettings otlp)
    {
        builder.Configuration.AddInMemoryCollection(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Where(variable => ((string)variable.Key).StartsWith(StandardPrefix, StringComparison.Ordinal))
                .Select(variable => KeyValuePair.Create((string)variable.Key, (string?)variable.Value)));
        builder.Services.AddOpenTelemetry().ConfigureResource(resource => SiloTelemetry.Describe(resource, settings))
            .WithTracing(tracing => tracing
            .AddSource(ClusterTelemetry.Name, GrainCalls)
            .SetSampler(new WorkSampler())
            .AddOtlpExporter(o =>
            {
                o.Protocol = otlp.Grpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                o.Endpoint = otlp.Grpc ? otlp.Endpoint : new Uri($"{otlp.Endpoint.ToString().TrimEnd('/')}/v1/traces");
            }));
    }

    /// <summary>
    /// Samples everything that belongs to a submission or a lease. Other calls between grains are left out: each idle worker asks its queue
    /// every two seconds. Orleans names a call by type and method.
    /// </summary>
    private sealed class WorkSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.ParentContext.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded)
                || !samplingParameters.Name.Contains('/', StringComparison.Ordinal));
    }
}
