using AdaptCluster.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Adds a silo's web page and restricts access to it. On the loopback interface, a token is optional; without a token, anyone who can reach
/// the page can use it. Otherwise, users must log in (<see cref="PageLogin"/>).
/// </summary>
internal static class PageAccess
{
    private const string Dashboard = "/orleans";

    /// <summary>Adds the services that the web pages and their cookies need.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="tokens">The tokens for logging in; null if no login is needed.</param>
    /// <param name="settings">The HTTP settings.</param>
    /// <param name="keepsKeys">Whether cookie keys are kept in the host's store; otherwise they are lost when the process exits.</param>
    public static void AddPages(this IServiceCollection services, HttpTokens? tokens, HttpSettings settings, bool keepsKeys)
    {
        services.AddWebPages();
        var protection = services.AddDataProtection().SetApplicationName("adaptcluster");
        if (keepsKeys)
        {
            services.AddSingleton<StoredKeys>();
            services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
                provider => new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = provider.GetRequiredService<StoredKeys>()));
        }
        else
        {
            protection.UseEphemeralDataProtectionProvider();
        }
        // A cookie made with other keys is ignored and replaced. Without a separate cookie name for each process, a user of two pages would
        // be logged out of one.
        var cookies = new PageCookies(PublicScheme.IsEncrypted(settings), keepsKeys ? "" : $"-{Environment.ProcessId}");
        services.AddSingleton(cookies);
        services.AddAntiforgery(o =>
        {
            cookies.Restrict(o.Cookie, "adaptcluster-form");
            // Each such process leaves a cookie. A browser that is never closed would eventually send so many cookies that its headers are
            // too long.
            if (!keepsKeys) o.Cookie.MaxAge = TimeSpan.FromDays(1);
        });
        if (tokens is not null) services.AddPageLogin(tokens, settings, cookies);
    }

    /// <summary>Maps the pages, and the login and logout endpoints.</summary>
    /// <param name="app">The host.</param>
    /// <param name="assets">The path of the manifest of the pages' static files.</param>
    /// <param name="dashboard">Whether the host serves the Orleans dashboard, which the page of a cluster links to.</param>
    public static void MapPages(this WebApplication app, string assets, bool dashboard = true)
    {
        app.UseAntiforgery();
        app.MapWebPages(assets, endpoint => endpoint.AllowReaders());
        if (dashboard) app.MapOrleansDashboard(Dashboard);
        else app.Map($"{Dashboard}/{{**rest}}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("Orleans' dashboard is available with 'sweep serve', but not with 'sweep watch'.");
        });
        if (app.Services.GetService<HttpTokens>() is not null) app.MapPageLogin(app.Services.GetRequiredService<HttpSettings>());
    }
}
