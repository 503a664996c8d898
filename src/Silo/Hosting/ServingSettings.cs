using AdaptCluster.Silo.Http;
using AdaptCluster.Silo.Kubernetes;
using AdaptCluster.Silo.Logs;
using AdaptCluster.Silo.Telemetry;

namespace AdaptCluster.Silo.Hosting;

/// <summary>
/// The additional settings for a silo that runs as a server. A silo inside a command has no HTTP server and sends no traces.
/// </summary>
/// <param name="Http">The HTTP settings (Http:*); null if HTTP is switched off.</param>
/// <param name="Otlp">The collector that receives traces (Otlp:*); null to send no traces.</param>
public sealed record ServingSettings(HttpSettings? Http, OtlpSettings? Otlp)
{
    /// <summary>The log settings (Logs:*).</summary>
    public LogSettings Logs { get; init; } = new();

    /// <summary>The pod whose deletion cost the silo updates (Kubernetes:*); null to leave deletion costs unchanged.</summary>
    public PodSettings? Pod { get; init; }
}
