using System.Net.Sockets;
using System.Reflection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Silo.Telemetry;
using AdaptCluster.Web.Api;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The HTTP side of a silo, in the same host as its grains and workers. It starts before them and ends after them, so that a probe hears
/// "not ready" rather than nothing while the silo joins and while it drains.
/// </summary>
internal static class SiloHttp
{
    /// <summary>
    /// A builder whose host has a web server with bounds, and nothing that comes from this machine's settings for other web servers.
    /// </summary>
    /// <param name="settings">Where and to whom it answers.</param>
    /// <param name="pages">Whether it has the web page too.</param>
    /// <param name="keepsKeys">Whether keys of cookies are kept in the store, which the host then has; else they end with it.</param>
    /// <exception cref="InvalidInputException">The token cannot be used, or one is needed.</exception>
    public static WebApplicationBuilder CreateBuilder(HttpSettings settings, bool pages, bool keepsKeys = true)
    {
        var tokens = HttpTokens.Open(settings);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ContentRootPath = AppContext.BaseDirectory,
            ApplicationName = Program,
        });
        var listeners = new SiloListeners();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            Bound(kestrel);
            listeners.AddTo(kestrel, settings);
        });
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(listeners);
        builder.Services.AddRoutingCore();
        builder.Services.AddHostFiltering(o =>
            (o.AllowedHosts, o.AllowEmptyHosts, o.IncludeFailureMessage) = ([.. settings.AllowedHosts], false, false));
        builder.Services.AddAuthenticationCore();
        builder.Services.AddAuthorization();
        if (tokens is not null) RequireToken(builder.Services, tokens);
        if (pages && File.Exists(PageFiles))
        {
            // In a build the files of packages lie where the packages are; a publish brings them along, and this finds nothing to do.
            builder.WebHost.UseStaticWebAssets();
            builder.Services.AddPages(tokens, settings, keepsKeys);
        }
        // The web server was added last; what starts last ends first.
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => services.MoveToFront<IHostedService>());
        return builder;
    }

    /// <summary>
    /// What the web server answers. An endpoint is closed to callers without the token unless it allows anonymous ones.
    /// </summary>
    /// <param name="app">The built application.</param>
    /// <param name="pages">Whether it has the web page too.</param>
    public static void Map(WebApplication app, bool pages)
    {
        UseChecks(app, probes: true);
        app.MapHealth();
        app.MapMetrics(open: app.Services.GetRequiredService<HttpSettings>().OpenMetrics);
        if (pages && File.Exists(PageFiles)) app.MapPages(PageFiles);
    }

    /// <summary>The same of a host that has the page and no silo: neither probes nor metrics, nor what Orleans shows of itself.</summary>
    /// <param name="app">The built application.</param>
    public static void MapPageAlone(WebApplication app)
    {
        UseChecks(app, probes: false);
        if (File.Exists(PageFiles)) app.MapPages(PageFiles, dashboard: false);
    }

    /// <summary>What every request passes before it is answered.</summary>
    private static void UseChecks(WebApplication app, bool probes)
    {
        app.UseSecurityHeaders();
        if (probes) app.UseProbes();
        app.UseRequestId();
        app.UseApiProblems();
        app.UseBadRequests();
        app.UsePublicScheme(app.Services.GetRequiredService<HttpSettings>());
        app.UseHostFiltering();
        app.UseOwnOriginOnly();
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseReadersOnlyRead();
    }

    private static string Program { get; } = Assembly.GetEntryAssembly()?.GetName().Name ?? "sweep";

    /// <summary>
    /// The list of the page's files, which the build of a program makes; a program that only borrows a silo, such as a test, has none.
    /// </summary>
    private static string PageFiles { get; } = Path.Combine(AppContext.BaseDirectory, $"{Program}.staticwebassets.endpoints.json");

    /// <summary>Where a host's web server listens; null for a host without one.</summary>
    public static SiloListeners? Listeners(IHost host) => host.Services.GetService<SiloListeners>();

    /// <summary>Starts a host; an error of its web server names the settings that cure it.</summary>
    /// <param name="host">The host.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="InvalidInputException">The address or the port cannot be taken.</exception>
    public static async Task StartAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            await host.StartAsync(cancellation);
        }
        // The web server starts first: before all of its listeners listen, such an error can only be its own.
        catch (Exception e) when (e is IOException or SocketException && Missing(host) is var (key, port))
        {
            throw new InvalidInputException(
                $"{SettingsReader.Name(key)}: nothing can listen on {host.Services.GetRequiredService<HttpSettings>().Address} port {port} "
                + $"({e.Message.TrimEnd('.')}); write another port, "
                + $"0 for a free one, or another {SettingsReader.Name(HttpSettings.AddressKey)}.", e);
        }
    }

    /// <summary>The first listener that does not listen yet; the web server starts them in this order.</summary>
    private static (string Key, int Port)? Missing(IHost host)
    {
        if (host.Services.GetService<HttpSettings>() is not { } settings) return null;
        var listening = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.Count ?? 0;
        return listening == 0 ? (HttpSettings.PortKey, settings.Port) : listening == 1 && settings.HasProbes
            ? (HttpSettings.HealthPortKey, settings.HealthPort) : null;
    }

    private static void RequireToken(IServiceCollection services, HttpTokens tokens)
    {
        services.AddSingleton(tokens);
        services.AddTransient<TokenScheme>();
        services.AddAuthenticationCore(o =>
        {
            o.AddScheme<TokenScheme>(TokenScheme.Name, displayName: null);
            o.DefaultScheme = TokenScheme.Name;
        });
        services.Configure<AuthorizationOptions>(o =>
            o.FallbackPolicy = new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
    }

    /// <summary>Nobody sends a silo much; who tries is cut off early.</summary>
    private static void Bound(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 256;
        kestrel.Limits.MaxRequestBodySize = 64 * 1024;
        kestrel.Limits.MaxRequestHeaderCount = 64;
        kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        kestrel.Limits.MaxRequestLineSize = 4 * 1024;
        kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        // Longer than a scraper's usual interval of a minute.
        kestrel.Limits.KeepAliveTimeout = TimeSpan.FromMinutes(2);
    }

    /// <summary>Puts the newest registration of a service before all others of it.</summary>
    private static void MoveToFront<T>(this IServiceCollection services)
    {
        var newest = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(newest);
        services.Insert(0, newest);
    }
}
