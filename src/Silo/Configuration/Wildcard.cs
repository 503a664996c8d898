using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Silo.Configuration;

/// <summary>
/// Addresses for listening on every interface, IPv4 and IPv6 on one socket, so that a pod is reachable with either family.
/// </summary>
internal static class Wildcard
{
    /// <summary>The address for listening on every interface; only IPv4 if the machine has no IPv6.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>Returns the address to listen on. An any-address of one family becomes that of both.</summary>
    public static IPAddress Both(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Any : address;
}
