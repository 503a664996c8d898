using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Connections;

/// <summary>The state of a gateway, as seen by a client.</summary>
/// <param name="Address">The IP address and port of the gateway.</param>
/// <param name="Accepts">Whether the gateway accepts connections.</param>
public sealed record GatewayState(string Address, bool Accepts)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Probes gateways concurrently and returns their states.</summary>
    public static Task<GatewayState[]> OfAsync(IEnumerable<IPEndPoint> gateways) =>
        Task.WhenAll(gateways.Distinct().Select(async gateway => new GatewayState($"{gateway}", await AcceptsAsync(gateway))));

    private static async Task<bool> AcceptsAsync(IPEndPoint gateway)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var client = new TcpClient(gateway.AddressFamily);
        try
        {
            await client.ConnectAsync(gateway, limit.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
