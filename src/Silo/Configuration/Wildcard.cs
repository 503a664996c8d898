using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Silo.Configuration;

/// <summary>
/// Every interface: of IPv4 and IPv6 on one socket, so that a pod is reached whichever its cluster gives it.
/// </summary>
internal static class Wildcard
{
    /// <summary>The address to listen on, for every interface; of IPv4 only where the machine has no IPv6.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>An address to listen on, where every interface of one family means those of both.</summary>
    public static IPAddress Both(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Any : address;
}
