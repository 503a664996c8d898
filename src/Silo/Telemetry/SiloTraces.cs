using System.Collections;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>Sends traces over OTLP from a silo that runs as a server.</summary>
internal static class SiloTraces
{
    private const string GrainCalls = "Microsoft.Orleans.Application", StandardPrefix = "OTEL_";

    /// <summary>Adds the trace sources and their exporter. Headers and other options come from the standard OTEL_… variables.</summary>
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
    /// Samples all activities that belong to a submission or a lease. Other grain calls are dropped, because each idle worker calls its
    /// queue every two seconds. They are recognized by the slash in their names: Orleans names the activity of a grain call "type/method".
    /// </summary>
    private sealed class WorkSampler : Sampler
    {
        public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
            new(samplingParameters.ParentContext.TraceFlags.HasFlag(System.Diagnostics.ActivityTraceFlags.Recorded)
                || !samplingParameters.Name.Contains('/', StringComparison.Ordinal));
    }
}
