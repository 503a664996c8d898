using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Tests;

/// <summary>A port of the loopback interface that was free a moment ago.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
