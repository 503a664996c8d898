using System.Net;
using AdaptCluster.Connections;
using AdaptCluster.Connections.Security;
using AdaptCluster.Contracts;
using AdaptCluster.Storage;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The settings of a silo that joins a cluster.</summary>
public sealed record ClusterSettings
{
    internal const string SiloPortKey = "Cluster:SiloPort", GatewayPortKey = "Cluster:GatewayPort";

    /// <summary>The PostgreSQL database that contains membership, reminders and the store (Store:*).</summary>
    [Setting("Store:ConnectionString", "none",
        "the PostgreSQL database, as an Npgsql connection string (`Host=…;Database=…`) or a URI (`postgresql://…`); a silo with this "
        + "setting belongs to a cluster")]
    [Setting("Store:Host", "none", "the database's host, for setting the parts of a connection string one by one")]
    [Setting("Store:Port", "5432", "the database's port")]
    [Setting("Store:Database", "the user's name", "the database's name")]
    [Setting("Store:Username", "none", "the user")]
    [Setting("Store:Password", "none", "the user's password")]
    [Setting("Store:Parameters", "none",
        "additional Npgsql keywords, which override those of the connection string, such as "
        + "`SSL Mode=VerifyFull;Root Certificate=/database/ca.crt`")]
    public required StoreDatabase Store { get; init; }

    /// <summary>
    /// The cluster's id (Cluster:Id). Silos with the same id form one cluster, and each sweep belongs to one cluster. Default:
    /// "adaptcluster".
    /// </summary>
    [Setting("Cluster:Id", "`adaptcluster`", "silos and clients with the same id form a cluster; each sweep belongs to one cluster")]
    public required string Id { get; init; }

    /// <summary>
    /// The service id (Cluster:ServiceId). Reminders are stored under it, so they survive a change of the cluster's id. Default: the
    /// cluster's id.
    /// </summary>
    [Setting("Cluster:ServiceId", "the cluster's id", "the id that reminders belong to, so that they survive a change of `Cluster:Id`")]
    public required string ServiceId { get; init; }

    /// <summary>
    /// The address at which other silos and clients reach this silo (Cluster:Address). Default: POD_IP if it is set, otherwise the loopback
    /// address.
    /// </summary>
    [Setting("Cluster:Address", "`POD_IP`, else 127.0.0.1", "the address at which other silos and clients reach this silo")]
    public required IPAddress Address { get; init; }

    /// <summary>The port for other silos (Cluster:SiloPort); 0 picks a free one. Default: 11111.</summary>
    [Setting("Cluster:SiloPort", "11111", "the port for other silos; 0 picks a free one")]
    public required int SiloPort { get; init; }

    /// <summary>
    /// The port for clients (Cluster:GatewayPort); 0 picks a free one. Default: 30000. A silo with the role "gpu" has no such port.
    /// </summary>
    [Setting("Cluster:GatewayPort", "30000", "the port for clients; 0 picks a free one")]
    public required int GatewayPort { get; init; }

    /// <summary>
    /// Whether the ports listen on every interface rather than only on <see cref="Address"/> (Cluster:ListenOnAnyAddress). Default:
    /// false.
    /// </summary>
    [Setting("Cluster:ListenOnAnyAddress", "`false`",
        "whether to listen on every interface, IPv4 and IPv6, rather than only on `Cluster:Address`")]
    public required bool ListenOnAnyAddress { get; init; }

    /// <summary>
    /// The interval at which silos probe each other (Cluster:ProbeSeconds). A silo that misses three probes is suspected to be dead.
    /// Default: 5 seconds.
    /// </summary>
    [Setting("Cluster:ProbeSeconds", "5", "how often silos probe each other; a silo that misses three probes is suspected to be dead")]
    public required TimeSpan ProbeEvery { get; init; }

    /// <summary>The TLS settings of the silo and gateway ports (Tls:*); null, the default, disables TLS.</summary>
    public TlsSettings? Tls { get; init; }

    internal static ClusterSettings? From(SettingsReader reader)
    {
        var id = reader.Text("Cluster:Id") ?? ClusterJoin.DefaultCluster;
        var store = ReadStore(reader);
        var settings = new ClusterSettings
        {
            Store = store is null ? StoreDatabase.Sqlite("") : StoreDatabase.Postgres(store, id),
            Id = id,
            ServiceId = reader.Text("Cluster:ServiceId") ?? id,
            Address = ReadAddress(reader),
            SiloPort = reader.WholeNumber(SiloPortKey, 0, 65535) ?? 11111,
            GatewayPort = reader.WholeNumber(GatewayPortKey, 0, 65535) ?? 30000,
            ListenOnAnyAddress = reader.Flag("Cluster:ListenOnAnyAddress") ?? false,
            ProbeEvery = reader.Seconds("Cluster:ProbeSeconds") ?? TimeSpan.FromSeconds(5),
            Tls = TlsSettings.From(reader),
        };
        return store is null ? null : settings;
    }

    /// <summary>Returns a cluster's database.</summary>
    /// <param name="connectionString">A PostgreSQL connection string; null for the configured one.</param>
    /// <exception cref="InvalidInputException">No database is configured, or the connection string cannot be read.</exception>
    public static StoreDatabase Database(string? connectionString)
    {
        if (connectionString is not null && PostgresAddress.Is(connectionString))
            return StoreDatabase.Postgres(connectionString, "--cluster");
        return From(new SettingsReader(Directory.GetCurrentDirectory()))?.Store
            ?? throw new InvalidInputException(
                $"{SettingsReader.Name("Store:ConnectionString")}: not set; write it there or in --cluster, as "
                + "Host=…;Database=…;Username=….");
    }

    /// <summary>Reads the database's address; returns null if no database is configured.</summary>
    private static PostgresAddress? ReadStore(SettingsReader reader)
    {
        const string whole = "Store:ConnectionString", parameters = "Store:Parameters";
        var text = reader.Text(whole);
        string[] keys = ["Store:Host", "Store:Port", "Store:Database", "Store:Username", "Store:Password"];
        var parts = keys.Select(reader.Text).ToArray();
        var (given, further) = (keys.Zip(parts).FirstOrDefault(part => part.Second is not null).First, reader.Text(parameters));
        if (text is not null && given is not null)
            throw new InvalidInputException(
                $"{SettingsReader.Name(whole)} and {SettingsReader.Name(given)} are both set; set either the whole connection "
                + "string or its parts.");
        if (text is null && parts[0] is null)
        {
            return (given ?? (further is null ? null : parameters)) is not { } alone ? null : throw new InvalidInputException(
                $"{SettingsReader.Name(alone)}: set without {SettingsReader.Name("Store:Host")}; set the latter to the database's host.");
        }
        var port = text is null ? reader.WholeNumber("Store:Port", 1, 65535) : null;
        return PostgresAddress.Read(text ?? PostgresAddress.Join(parts[0]!, $"{port ?? 5432}", parts[2], parts[3], parts[4]),
            SettingsReader.Name(text is null ? "Store:Host" : whole), further, SettingsReader.Name(parameters));
    }

    private static IPAddress ReadAddress(SettingsReader reader)
    {
        if ((reader.Text("Cluster:Address") ?? Environment.GetEnvironmentVariable("POD_IP")) is not { Length: > 0 } text)
            return IPAddress.Loopback;
        return IPAddress.TryParse(text, out var address) && !address.Equals(IPAddress.Any) && !address.Equals(IPAddress.IPv6Any)
            ? address
            : throw new InvalidInputException(
                $"{SettingsReader.Name("Cluster:Address")}: found '{text}'; write the IP address at which other silos reach "
                + "this one, such as POD_IP.");
    }
}
