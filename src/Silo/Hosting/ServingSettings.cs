using AdaptCluster.Silo.Http;
using AdaptCluster.Silo.Kubernetes;
using AdaptCluster.Silo.Logs;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Hosting;

/// <summary>What a silo that serves does beside its work. One inside a command does neither.</summary>
/// <param name="Http">Where it answers HTTP (Http:*); null where that is switched off.</param>
/// <param name="Otlp">Where it sends its traces (Otlp:*); null for nowhere.</param>
public sealed record ServingSettings(HttpSettings? Http, OtlpSettings? Otlp)
{
    /// <summary>How it writes its log (Logs:*).</summary>
    public LogSettings Logs { get; init; } = new();

    /// <summary>The pod that it runs in, where it says what it costs to delete it (Kubernetes:*); null for not.</summary>
    public PodSettings? Pod { get; init; }
}
