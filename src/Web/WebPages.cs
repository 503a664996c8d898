using AdaptCluster.Web.Api;
using AdaptCluster.Web.Jobs;
using AdaptCluster.Web.Shell;
using AdaptCluster.Web.Sweeps;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.Extensions.DependencyInjection;
using Radzen;

namespace AdaptCluster.Web;

/// <summary>The web pages of a control silo. The host adds and maps them, and decides who can see them.</summary>
public static class WebPages
{
    /// <summary>The maximum size of a spec that a user pastes or drops, in bytes.</summary>
    internal const int MaxSpecBytes = 1 << 20;

    /// <summary>
    /// The content security policy of the pages: nothing from other hosts, and no scripts except the pages' script files. Inline styles on
    /// elements are allowed, because the components set them.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; img-src 'self' data:; font-src 'self' "
            + "data:; connect-src 'self'; "
        + "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

    /// <summary>Adds the services that the web pages need. The host must provide an <see cref="IClusterClient"/>.</summary>
    /// <param name="services">The host's services.</param>
    public static IServiceCollection AddWebPages(this IServiceCollection services)
    {
        services.AddRazorComponents().AddInteractiveServerComponents(circuits =>
        {
            // The state of a closed page is dropped soon, because its content can be read again quickly.
            circuits.DisconnectedCircuitMaxRetained = 20;
            circuits.DisconnectedCircuitRetentionPeriod = TimeSpan.FromMinutes(1);
        }).AddHubOptions((HubOptions hub) => hub.MaximumReceiveMessageSize = 4 * MaxSpecBytes);
        services.AddRadzenComponents();
        services.AddHttpContextAccessor();
        services.AddCascadingAuthenticationState();
        services.AddScoped<ClusterReader>();
        services.AddSingleton<SharedReads>();
        services.AddScoped<LiveState>();
        services.AddApiDocument();
        return services;
    }

    /// <summary>Maps the pages and their files.</summary>
    /// <param name="app">The host's endpoints.</param>
    /// <param name="assets">The path of the manifest of static files, which the build creates.</param>
    /// <param name="readersToo">An action that allows read-only callers to use an endpoint.</param>
    public static void MapWebPages(this IEndpointRouteBuilder app, string assets, Action<IEndpointConventionBuilder> readersToo)
    {
        app.MapStaticAssets(assets).AllowAnonymous();
        app.MapRazorComponents<App>().AddInteractiveServerRenderMode();
        app.MapTableFiles();
        app.MapSweepFigures();
        app.MapPromptFiles();
        app.MapJobImages();
        app.MapApi();
        readersToo(app.MapPost(ThemeChoice.Path, ThemeChoice.SetAsync).AllowAnonymous());
    }

    /// <summary>Whether an untrusted path can lead only to a page on this host.</summary>
    /// <param name="path">The path.</param>
    public static bool IsLocalPath(string path) =>
        path is ['/'] || (path.Length > 1 && path[0] == '/' && path[1] is not ('/' or '\\') && !path.Any(char.IsControl));
}
