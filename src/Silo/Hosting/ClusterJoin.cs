using System.Net;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Silo.Security;
using AdaptCluster.Storage;
using Orleans.Configuration;

namespace AdaptCluster.Silo.Hosting;

/// <summary>How a client finds the silos of a cluster: through a list of gateways, or through the cluster's database.</summary>
public static class ClusterJoin
{
    /// <summary>The name under which Orleans finds Npgsql.</summary>
    internal const string Invariant = "Npgsql";

    /// <summary>Configures a client.</summary>
    /// <param name="client">The client.</param>
    /// <param name="where">"host:30000,host:30000", or a PostgreSQL connection string.</param>
    /// <exception cref="InvalidInputException">It is neither, or a host is not known, or the settings of TLS cannot be used.</exception>
    public static void Configure(IClientBuilder client, string where)
    {
        var settings = new SettingsReader(Directory.GetCurrentDirectory());
        var id = settings.Text("Cluster:Id") ?? StoreDatabase.DefaultCluster;
        client.Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (id, settings.Text("Cluster:ServiceId") ?? id))
            .UseTls(TlsSettings.From(settings)).WithMessageBounds();
        if (where.Contains('=', StringComparison.Ordinal))
        {
            var store = StoreDatabase.Postgres(where, "--cluster").For("sweep", hostsGrains: false);
            client.UseAdoNetClustering(o => (o.Invariant, o.ConnectionString) = (Invariant, store.OrleansConnectionString));
        }
        else
        {
            client.UseStaticClustering(Gateways(where));
        }
    }

    /// <summary>Where the client goes, without secrets, for people.</summary>
    public static string Describe(string where) =>
        where.Contains('=', StringComparison.Ordinal) ? StoreDatabase.Postgres(where, "--cluster").ToString() : where;

    /// <summary>Configures a client of a silo by itself on this machine.</summary>
    public static void ConfigureLocal(IClientBuilder client, int gatewayPort) => client
        .WithMessageBounds()
        .Configure<ClusterOptions>(o => (o.ClusterId, o.ServiceId) = (SiloHost.LocalCluster, SiloHost.LocalCluster))
        .UseStaticClustering(new IPEndPoint(IPAddress.Loopback, gatewayPort));

    /// <summary>What every process of a cluster sets alike.</summary>
    private static IClientBuilder WithMessageBounds(this IClientBuilder client) =>
        client.Configure<ClientMessagingOptions>(o =>
            (o.MaxMessageBodySize, o.ResponseTimeout) = (GrainMessages.MaxBytes, GrainMessages.ResponseTimeout));

    /// <summary>The gateways of a list; a name stands for all of its addresses.</summary>
    /// <param name="cluster">"host:30000,host:30000".</param>
    /// <exception cref="InvalidInputException">It is no such list, or a host is not known.</exception>
    public static IPEndPoint[] Gateways(string cluster) =>
        [.. cluster.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .SelectMany<string, IPEndPoint>(text =>
    {
        var cut = text.LastIndexOf(':');
        if (cut < 1 || !ushort.TryParse(text[(cut + 1)..], out var port))
            throw new InvalidInputException(
                $"--cluster: found '{text}'; write host:port, such as localhost:30000, or a PostgreSQL connection string.");
        if (IPAddress.TryParse(text[..cut], out var address)) return [new IPEndPoint(address, port)];
        try
        {
            return Dns.GetHostAddresses(text[..cut], System.Net.Sockets.AddressFamily.InterNetwork)
                .Select(found => new IPEndPoint(found, port));
        }
        catch (System.Net.Sockets.SocketException e)
        {
            throw new InvalidInputException($"--cluster: host '{text[..cut]}' is not known ({e.Message}).", e);
        }
    })];
}
