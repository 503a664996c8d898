using System.Net;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The HTTP settings of a silo: the addresses to listen on and the callers to admit. This record contains only the paths of token files;
/// <see cref="HttpTokens"/> reads them.
/// </summary>
[Setting("Http:Enabled", "`true`", "`false` turns HTTP off")]
public sealed record HttpSettings
{
    internal const string EnabledKey = "Http:Enabled", AddressKey = "Http:Address", PortKey = "Http:Port",
        HealthPortKey = "Http:HealthPort", TokenKey = "Http:Token", TokenFileKey = "Http:TokenFile", Token2Key = "Http:Token2",
        Token2FileKey = "Http:Token2File", ReadTokenKey = "Http:ReadToken", ReadTokenFileKey = "Http:ReadTokenFile";
    internal const string OpenMetricsKey = "Http:OpenMetrics", AllowedHostsKey = "Http:AllowedHosts", PageKey = "Http:Page",
        PublicUrlKey = "Http:PublicUrl";

    /// <summary>The default port.</summary>
    public const int DefaultPort = 8080;

    /// <summary>The interface to listen on (Http:Address). Default: the loopback interface. Any other interface requires a token.</summary>
    [Setting("Http:Address", "127.0.0.1",
        "the IP address to listen on; `0.0.0.0` or `::` for every interface, IPv4 and IPv6. Any non-loopback address "
        + "requires a token")]
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port (Http:Port); 0 picks a free one. Default: <see cref="DefaultPort"/>.</summary>
    [Setting("Http:Port", "8080", "the port; 0 picks a free one. Each silo on a machine needs its own")]
    public int Port { get; init; } = DefaultPort;

    /// <summary>
    /// The port of a separate listener for probes (Http:HealthPort); 0 picks a free one. Default: <see cref="Port"/> + 1, or a free port if
    /// <see cref="Port"/> is 0.
    /// </summary>
    [Setting("Http:HealthPort", "8081: the port after `Http:Port`",
        "a separate port for probes, with its own connection limit; 0 picks a free one, which is also the default if "
        + "`Http:Port` is 0. Each silo on a machine needs its own")]
    public int HealthPort
    {
        get => field >= 0 ? field : Port is 0 or IPEndPoint.MaxPort ? 0 : Port + 1;
        init;
    } = -1;

    /// <summary>
    /// Whether probes have a separate listener. Default: true. A page that a command serves is not probed and has no such listener.
    /// </summary>
    public bool HasProbes { get; init; } = true;

    /// <summary>The token that callers must present (Http:Token). It never appears in errors, logs or the text of this record.</summary>
    [Setting("Http:Token", "none",
        "the token that callers must send as `Authorization: Bearer …`, or enter once at `/login` in a browser, for everything except "
        + "the health endpoints; 16 to 512 letters, digits and `-._~+/=`")]
    public string? Token { get; init; }

    /// <summary>A file that contains the token (Http:TokenFile).</summary>
    [Setting("Http:TokenFile", "none", "a file that contains the token, instead of `Http:Token`")]
    public string? TokenFile { get; init; }

    /// <summary>A second token with the same rights, used while the first token is being replaced (Http:Token2).</summary>
    [Setting("Http:Token2", "none",
        "a second token that is also valid, for replacing the first one ([rotation](security.md#rotation-of-tokens))")]
    public string? Token2 { get; init; }

    /// <summary>A file that contains the second token (Http:Token2File).</summary>
    [Setting("Http:Token2File", "none", "a file that contains the second token, instead of `Http:Token2`")]
    public string? Token2File { get; init; }

    /// <summary>A read-only token, for scrapers and viewers (Http:ReadToken).</summary>
    [Setting("Http:ReadToken", "none",
        "a token for scrapers and viewers: it can read metrics and pages but change nothing ([security.md](security.md#reading-only))")]
    public string? ReadToken { get; init; }

    /// <summary>A file that contains the read-only token (Http:ReadTokenFile).</summary>
    [Setting("Http:ReadTokenFile", "none", "a file that contains the read-only token, instead of `Http:ReadToken`")]
    public string? ReadTokenFile { get; init; }

    /// <summary>Whether /metrics is served without a token (Http:OpenMetrics). Default: false.</summary>
    [Setting("Http:OpenMetrics", "`false`", "`true` serves `/metrics` without a token")]
    public bool OpenMetrics { get; init; }

    /// <summary>
    /// Whether a silo that hosts grains serves the web page, which can submit and cancel sweeps (Http:Page). Default: true.
    /// </summary>
    [Setting("Http:Page", "`true`", "`false` turns off the [web page](../users/web.md) of a silo that hosts grains")]
    public bool Page { get; init; } = true;

    /// <summary>The page's single sign-on settings (Http:Oidc:…); null if the token is the only way to log in.</summary>
    public OidcSettings? Oidc { get; init; }

    /// <summary>The page's public URL, for a silo behind a proxy (Http:PublicUrl); null if browsers connect directly.</summary>
    [Setting("Http:PublicUrl", "the address of the request", "the page's address as browsers see it, for a silo behind a proxy")]
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// The host names that requests may use (Http:AllowedHosts). On the loopback interface, the default is the interface's own names. This
    /// prevents DNS rebinding, in which a malicious page's host name resolves to this machine. On other interfaces, which require a token,
    /// the default is any name.
    /// </summary>
    [Setting("Http:AllowedHosts", "`localhost,127.0.0.1,[::1]` on the loopback interface, else `*`",
        "the host names that requests may use, without ports")]
    public IReadOnlyList<string> AllowedHosts
    {
        get => field ?? (IPAddress.IsLoopback(Address) ? ["localhost", "127.0.0.1", "[::1]"] : ["*"]);
        init;
    }

    /// <summary>Returns a description without the token.</summary>
    public override string ToString() =>
        $"HTTP on {new IPEndPoint(Address, Port)}, {(Token ?? TokenFile) switch { null => "no token", _ => "with a token" }}";

    /// <summary>Reads the settings; returns null if HTTP is turned off.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value.</exception>
    internal static HttpSettings? From(SettingsReader reader)
    {
        var enabled = reader.Flag(EnabledKey) ?? true;
        var settings = new HttpSettings
        {
            Address = ReadAddress(reader),
            Port = reader.WholeNumber(PortKey, 0, 65535) ?? DefaultPort,
            Token = reader.Text(TokenKey),
            TokenFile = File(TokenFileKey),
            Token2 = reader.Text(Token2Key),
            Token2File = File(Token2FileKey),
            ReadToken = reader.Text(ReadTokenKey),
            ReadTokenFile = File(ReadTokenFileKey),
            OpenMetrics = reader.Flag(OpenMetricsKey) ?? false,
            Page = reader.Flag(PageKey) ?? true,
            Oidc = OidcSettings.From(reader),
            PublicUrl = ReadPublicUrl(reader),
        };
        if (reader.WholeNumber(HealthPortKey, 0, IPEndPoint.MaxPort) is { } healthPort) settings = settings with
        {
            HealthPort = healthPort,
        };
        if (settings.HealthPort == settings.Port && settings.Port != 0)
            throw new InvalidInputException(
                $"{SettingsReader.Name(HealthPortKey)}: {settings.Port} is also {SettingsReader.Name(PortKey)}; write another "
                + "port, or 0 for any free one.");
        if (reader.Text(AllowedHostsKey) is { } hosts) settings = settings with { AllowedHosts = ReadHosts(hosts) };
        if (settings.Oidc is not null && (settings.Token ?? settings.TokenFile) is null)
            throw new InvalidInputException(
                $"{SettingsReader.Name(OidcSettings.AuthorityKey)}: programs cannot log in with a provider and need a token; set "
                + $"{SettingsReader.Name(TokenKey)} or {SettingsReader.Name(TokenFileKey)}.");
        return enabled ? settings : null;

        string? File(string key) => reader.Text(key) is { } path ? Path.GetFullPath(path) : null;
    }

    private static Uri? ReadPublicUrl(SettingsReader reader) => reader.Text(PublicUrlKey) switch
    {
        null => null,
        { } text when Uri.TryCreate(text, UriKind.Absolute, out var url) && url is { Scheme: "http" or "https", PathAndQuery: "/" } => url,
        { } text =>
            throw new InvalidInputException(
                $"{SettingsReader.Name(PublicUrlKey)}: found '{text}'; write the page's address as browsers see it, such as "
                + "https://adaptcluster.lab.example."),
    };

    private static IPAddress ReadAddress(SettingsReader reader) => reader.Text(AddressKey) switch
    {
        null or "localhost" => IPAddress.Loopback,
        { } text when IPAddress.TryParse(text, out var address) => address,
        { } text =>
            throw new InvalidInputException(
                $"{SettingsReader.Name(AddressKey)}: found '{text}'; write the IP address to listen on, such as 127.0.0.1, or "
                + "0.0.0.0 for every interface."),
    };

    private static string[] ReadHosts(string text)
    {
        var hosts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return hosts.Length > 0 && hosts.All(IsHost)
            ? hosts
            : throw new InvalidInputException(
                $"{SettingsReader.Name(AllowedHostsKey)}: found '{text}'; write the names or addresses that callers use, without ports, "
                + "such as localhost,silo-1.lab, or *.");
    }

    private static bool IsHost(string host) =>
        host == "*" || Uri.CheckHostName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host) != UriHostNameType.Unknown;
}
