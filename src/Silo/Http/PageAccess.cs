using AdaptCluster.Web;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The web page of a silo, and who may see and use it: on the loopback interface without a token, whoever can reach it; else who has logged
/// in (<see cref="PageLogin"/>).
/// </summary>
internal static class PageAccess
{
    private const string Dashboard = "/orleans";

    /// <summary>Adds the pages with their cookies.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="tokens">By which one logs in; null where nobody must.</param>
    /// <param name="settings">Where the pages are.</param>
    /// <param name="keepsKeys">Whether keys of cookies are kept in the store, which the host then has; else they end with it.</param>
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
        // A cookie of other keys is taken for none, and replaced: by its name, whoever looked at both pages would be logged out of one.
        var cookies = new PageCookies(PublicScheme.IsEncrypted(settings), keepsKeys ? "" : $"-{Environment.ProcessId}");
        services.AddSingleton(cookies);
        services.AddAntiforgery(o =>
        {
            cookies.Restrict(o.Cookie, "adaptcluster-form");
            // Each such process leaves one, and a browser that is never closed would send them all until its headers are too long.
            if (!keepsKeys) o.Cookie.MaxAge = TimeSpan.FromDays(1);
        });
        if (tokens is not null) services.AddPageLogin(tokens, settings, cookies);
    }

    /// <summary>Maps the pages, and where one logs in and out.</summary>
    /// <param name="app">The host.</param>
    /// <param name="assets">The list of the pages' files.</param>
    /// <param name="dashboard">Whether the host has Orleans' dashboard, to which the page of a cluster leads.</param>
    public static void MapPages(this WebApplication app, string assets, bool dashboard = true)
    {
        app.UseAntiforgery();
        app.MapWebPages(assets, endpoint => endpoint.AllowReaders());
        if (dashboard) app.MapOrleansDashboard(Dashboard);
        else app.Map($"{Dashboard}/{{**rest}}", context =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return context.Response.WriteAsync("Orleans' dashboard is on the page of 'sweep serve', not on that of 'sweep watch'.");
        });
        if (app.Services.GetService<HttpTokens>() is not null) app.MapPageLogin(app.Services.GetRequiredService<HttpSettings>());
    }
}
