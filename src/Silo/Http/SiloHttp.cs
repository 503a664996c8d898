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
/// The HTTP server of a silo, in the same host as its grains and workers. It starts before them and stops after them, so that a probe gets
/// "not ready" rather than no response while the silo joins or drains.
/// </summary>
internal static class SiloHttp
{
    /// <summary>
    /// Creates a builder for a web server with request limits. It ignores settings on this machine that are meant for other web servers.
    /// </summary>
    /// <param name="settings">The HTTP settings.</param>
    /// <param name="pages">Whether to add the web page.</param>
    /// <param name="keepsKeys">Whether cookie keys are kept in the host's store; otherwise they are lost when the process exits.</param>
    /// <exception cref="InvalidInputException">A token is invalid, or a required token is missing.</exception>
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
            // In a build, the files of packages stay in the package folders. A published program contains them, and this call does
            // nothing.
            builder.WebHost.UseStaticWebAssets();
            builder.Services.AddPages(tokens, settings, keepsKeys);
        }
        // The web server was added last and is moved to the front: the service that starts first stops last.
        builder.Host.ConfigureContainer<IServiceCollection>((_, services) => services.MoveToFront<IHostedService>());
        return builder;
    }

    /// <summary>Maps the endpoints. An endpoint refuses callers without a token unless it allows anonymous access.</summary>
    /// <param name="app">The built application.</param>
    /// <param name="pages">Whether to map the web page.</param>
    public static void Map(WebApplication app, bool pages)
    {
        UseChecks(app, probes: true);
        app.MapHealth();
        app.MapMetrics(open: app.Services.GetRequiredService<HttpSettings>().OpenMetrics);
        if (pages && File.Exists(PageFiles)) app.MapPages(PageFiles);
    }

    /// <summary>Maps the page for a host without a silo: no probes, no metrics and no Orleans dashboard.</summary>
    /// <param name="app">The built application.</param>
    public static void MapPageAlone(WebApplication app)
    {
        UseChecks(app, probes: false);
        if (File.Exists(PageFiles)) app.MapPages(PageFiles, dashboard: false);
    }

    /// <summary>Adds the middleware that every request passes through.</summary>
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
        app.UseReadOnlyAccess();
    }

    private static string Program { get; } = Assembly.GetEntryAssembly()?.GetName().Name ?? "sweep";

    /// <summary>
    /// The path of the manifest of static files for the page. The build of a program creates the manifest. A program that only hosts a
    /// silo, such as a test, has no manifest.
    /// </summary>
    private static string PageFiles { get; } = Path.Combine(AppContext.BaseDirectory, $"{Program}.staticwebassets.endpoints.json");

    /// <summary>Returns the listeners of a host's web server; null for a host without a web server.</summary>
    public static SiloListeners? Listeners(IHost host) => host.Services.GetService<SiloListeners>();

    /// <summary>Starts a host. If its web server cannot listen, the error names the settings to change.</summary>
    /// <param name="host">The host.</param>
    /// <param name="cancellation">Cancels the start.</param>
    /// <exception cref="InvalidInputException">The address or the port cannot be used.</exception>
    public static async Task StartAsync(IHost host, CancellationToken cancellation)
    {
        try
        {
            await host.StartAsync(cancellation);
        }
        // The web server starts first, so until all its listeners are open, such an error can only come from it.
        catch (Exception e) when (e is IOException or SocketException && Missing(host) is var (key, port))
        {
            throw new InvalidInputException(
                $"{SettingsReader.Name(key)}: cannot listen on {host.Services.GetRequiredService<HttpSettings>().Address} port {port} "
                + $"({e.Message.TrimEnd('.')}); set another port, "
                + $"0 for a free one, or another {SettingsReader.Name(HttpSettings.AddressKey)}.", e);
        }
    }

    /// <summary>Returns the first listener that is not open yet, in the order in which the web server opens them.</summary>
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

    /// <summary>Sets request limits. Legitimate requests are small, so large requests are rejected early.</summary>
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

    /// <summary>Moves the newest registration of a service type to the front of the collection.</summary>
    private static void MoveToFront<T>(this IServiceCollection services)
    {
        var newest = services.Last(service => service.ServiceType == typeof(T));
        services.Remove(newest);
        services.Insert(0, newest);
    }
}
