using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>The OTLP collector that receives a silo's traces.</summary>
/// <param name="Endpoint">The collector (Otlp:Endpoint), such as http://collector:4317.</param>
/// <param name="Grpc">Whether to use gRPC rather than protobuf over HTTP (Otlp:Protocol). Default: true.</param>
[Setting("Otlp:Endpoint", "none", "the collector to send traces to, such as `http://collector:4317`")]
[Setting("Otlp:Protocol", "`grpc`", "`grpc`, or `http/protobuf` to send to `/v1/traces` below the endpoint")]
public sealed record OtlpSettings(Uri Endpoint, bool Grpc)
{
    internal const string EndpointKey = "Otlp:Endpoint", ProtocolKey = "Otlp:Protocol";
    private const string GrpcName = "grpc", HttpName = "http/protobuf";

    /// <summary>Reads the settings; returns null if no endpoint is set.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value.</exception>
    internal static OtlpSettings? From(SettingsReader reader)
    {
        var (text, protocol) = (reader.Text(EndpointKey), reader.OneOf(ProtocolKey, GrpcName, HttpName) ?? GrpcName);
        if (text is null) return null;
        // A password belongs in a header, so that no address with a secret is logged.
        return Uri.TryCreate(text, UriKind.Absolute, out var endpoint) && endpoint.Scheme is "http" or "https"
            && endpoint.UserInfo.Length == 0
            ? new OtlpSettings(endpoint, protocol == GrpcName)
            : throw new InvalidInputException(
                $"{SettingsReader.Name(EndpointKey)}: not a collector address; write http://host:4317 or "
                + "https://…, without a user name.");
    }
}
