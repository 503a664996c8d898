using System.Net;
using System.Net.Sockets;

namespace AdaptCluster.Silo.Configuration;

/// <summary>
/// Provides addresses for listening on every interface, with IPv4 and IPv6 on one socket, so that a pod is reachable over either family.
/// </summary>
internal static class Wildcard
{
    /// <summary>The address for listening on every interface; only IPv4 if the machine has no IPv6.</summary>
    public static IPAddress Any => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;

    /// <summary>
    /// Returns the address to listen on. A wildcard address for one family is replaced by <see cref="Any"/>, which covers both families.
    /// </summary>
    public static IPAddress Both(IPAddress address) =>
        address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? Any : address;
}
