using System.Security.Claims;
using AdaptCluster.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;
using Orleans.Dashboard;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Who may see and use the web page. On the loopback interface without a token, whoever can reach it; else a browser shows the token once and
/// keeps a cookie. Programs go on with the token in a header.
/// </summary>
internal static class PageAccess
{
    private const string Either = "TokenOrCookie", TokenClaim = "token", Login = "/login", Begin = "/session/begin", End = "/session/end", Dashboard = "/orleans", BackKey = "back";
    private static readonly TimeSpan LoggedInFor = TimeSpan.FromHours(12);

    /// <summary>Adds the pages with their cookies.</summary>
    public static void AddPages(this IServiceCollection services, HttpToken? token)
    {
        services.AddWebPages();
        services.AddDataProtection().SetApplicationName("adaptcluster");
        services.AddSingleton<StoredKeys>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(o => o.XmlRepository = provider.GetRequiredService<StoredKeys>()));
        services.AddAntiforgery(o => Restrict(o.Cookie, "adaptcluster-form"));
        if (token is null) return;
        services.AddAuthentication(Either)
            .AddPolicyScheme(Either, displayName: null, o => o.ForwardDefaultSelector = context => Scheme(context.Request))
            .AddCookie(o =>
            {
                Restrict(o.Cookie, "adaptcluster-login");
                (o.LoginPath, o.AccessDeniedPath, o.ReturnUrlParameter, o.ExpireTimeSpan, o.SlidingExpiration) = (Login, Login, BackKey, LoggedInFor, true);
                // A cookie is worth no more than the token that it was given for.
                o.Events.OnValidatePrincipal = context =>
                {
                    if (context.Principal?.FindFirst(TokenClaim)?.Value != token.Fingerprint) context.RejectPrincipal();
                    return Task.CompletedTask;
                };
            });
    }

    /// <summary>Maps the pages, and where one logs in and out.</summary>
    public static void MapPages(this WebApplication app, string assets)
    {
        app.UseAntiforgery();
        app.MapWebPages(assets);
        app.MapOrleansDashboard(Dashboard);
        if (app.Services.GetService<HttpToken>() is null) return;
        app.MapPost(Begin, LogInAsync).AllowAnonymous();
        app.MapPost(End, LogOutAsync);
    }

    /// <summary>
    /// Refuses what a page of another site has a browser send: everything but reading, and the connection of a page, which reads too. Browsers
    /// say where a request comes from, and a page cannot make them say otherwise.
    /// </summary>
    public static IApplicationBuilder UseOwnOriginOnly(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if ((HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !context.WebSockets.IsWebSocketRequest && !request.Headers.ContainsKey("Upgrade")) return next(context);
        var origin = request.Headers.Origin.ToString();
        // A proxy may have taken the encryption off, so the scheme is not compared.
        if (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value)) return next(context);
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });

    /// <summary>A program shows the token in a header and hears how to do that; a browser shows a cookie, and is sent to where it gets one.</summary>
    private static string Scheme(HttpRequest request) =>
        !request.Headers.ContainsKey("Authorization") && (request.Headers.Cookie.Count > 0 || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            ? CookieAuthenticationDefaults.AuthenticationScheme
            : TokenScheme.Name;

    private static void Restrict(CookieBuilder cookie, string name) =>
        (cookie.Name, cookie.HttpOnly, cookie.SameSite, cookie.SecurePolicy, cookie.IsEssential) = (name, true, SameSiteMode.Strict, CookieSecurePolicy.SameAsRequest, true);

    private static async Task<IResult> LogInAsync(HttpContext context, IAntiforgery antiforgery, HttpToken token)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync();
        var back = form[BackKey].ToString();
        if (!token.Fits(form["token"].ToString())) return Results.LocalRedirect($"{Login}{QueryString.Create("failed", "true").Add(BackKey, back)}");
        var identity = new ClaimsIdentity([new Claim(TokenClaim, token.Fingerprint)], CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
        return Results.LocalRedirect(WebPages.IsLocalPath(back) ? back : "/");
    }

    private static async Task<IResult> LogOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(Login);
    }
}
