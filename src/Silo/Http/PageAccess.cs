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
    public static void AddPages(this IServiceCollection services, HttpTokens? tokens, HttpSettings settings)
    {
        services.AddWebPages();
        services.AddDataProtection().SetApplicationName("adaptcluster");
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(
            provider => new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = provider.GetRequiredService<StoredKeys>()));
        var cookies = new PageCookies(PublicScheme.IsEncrypted(settings));
        services.AddSingleton(cookies);
        services.AddAntiforgery(o => cookies.Restrict(o.Cookie, "adaptcluster-form"));
        if (tokens is not null) services.AddPageLogin(tokens, settings, cookies);
    }

    /// <summary>Maps the pages, and where one logs in and out.</summary>
    public static void MapPages(this WebApplication app, string assets)
    {
        app.UseAntiforgery();
        app.MapWebPages(assets, endpoint => endpoint.AllowReaders());
        app.MapOrleansDashboard(Dashboard);
        if (app.Services.GetService<HttpTokens>() is not null) app.MapPageLogin(app.Services.GetRequiredService<HttpSettings>());
    }
}
