using System.Net;
using System.Net.Sockets;
using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Configuration;

namespace AdaptCluster.Connections;

/// <summary>Configures how a client finds the silos of a cluster: through a list of gateways, or through the cluster's database.</summary>
public static class ClusterJoin
{
    /// <summary>The default Orleans cluster id.</summary>
    public const string DefaultCluster = "adaptcluster";

    /// <summary>The Orleans cluster id of standalone silos. Each of these silos uses its own home folder.</summary>
    public const string LocalCluster = "adaptcluster-local";

    /// <summary>The invariant name under which Orleans finds Npgsql.</summary>
    public const string Invariant = "Npgsql";

    /// <summary>The option that names a cluster, for error messages.</summary>
    private const string Option = "--cluster";

    /// <summary>Configures a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="where">The address: "host:30000,host:30000", or a PostgreSQL connection string or URI.</param>
    /// <exception cref="InvalidInputException">The address has neither form, a host is unknown, or the TLS settings cannot be
    /// used.</exception>
    public static void Configure(IClientBuilder client, string where)
    {
        var settings = new SettingsReader(Directory.GetCurrentDirectory());
        var id = settings.Text("Cluster:Id") ?? DefaultCluster;
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (id, settings.Text("Cluster:ServiceId") ?? id))
            .UseTls(TlsSettings.From(settings)).WithMessageBounds();
        if (PostgresAddress.Is(where))
        {
            var store = PostgresAddress.Read(where, Option).For("sweep", hostsGrains: false);
            client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, store.OrleansConnectionString));
        }
        else
        {
            client.UseStaticClustering(Gateways(where));
        }
    }

    /// <summary>Describes an address for display, without secrets.</summary>
    public static string Describe(string where) => PostgresAddress.Is(where) ? $"{PostgresAddress.Read(where, Option)}" : where;

    /// <summary>Configures a client for a standalone silo on this machine.</summary>
    public static void ConfigureLocal(IClientBuilder client, int gatewayPort) => client
        .WithMessageBounds()
        .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (LocalCluster, LocalCluster))
        .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort));

    /// <summary>Sets the message limits that all processes of a cluster share.</summary>
    private static IClientBuilder WithMessageBounds(this IClientBuilder client) =>
        client.Configure<ClientMessagingOptions>(o =>
            (o.MaxMessageBodySize, o.ResponseTimeout) = (GrainMessages.MaxBytes, GrainMessages.ResponseTimeout));

    /// <summary>Returns the gateways in a list. A host name stands for all of its IP addresses.</summary>
    /// <param name="cluster">The list, such as "host:30000,host:30000".</param>
    /// <exception cref="InvalidInputException">The text is not a list of gateways, or a host is unknown.</exception>
    public static IPEndPoint[] Gateways(string cluster) =>
        [.. cluster.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(GatewaysOf)];

    private static IEnumerable<IPEndPoint> GatewaysOf(string text)
    {
        var cut = text.LastIndexOf(':');
        if (cut < 1 || !ushort.TryParse(text[(cut + 1)..], out var port))
            throw new InvalidInputException(
                $"{Option}: found '{text}'; write host:port, such as localhost:30000, or a PostgreSQL connection string.");
        if (IPAddress.TryParse(text[..cut], out var address)) return [new IPEndPoint(address, port)];
        try
        {
            // A silo in an IPv4 network might not listen on IPv6, even if its name has addresses of both families.
            var found = Dns.GetHostAddresses(text[..cut]);
            var family = found.Any(one => one.AddressFamily == AddressFamily.InterNetwork) ? AddressFamily.InterNetwork
                : AddressFamily.InterNetworkV6;
            return found.Where(one => one.AddressFamily == family).Select(one => new IPEndPoint(one, port));
        }
        catch (SocketException e)
        {
            throw new InvalidInputException($"{Option}: host '{text[..cut]}' is unknown ({e.Message}).", e);
        }
    }
}
