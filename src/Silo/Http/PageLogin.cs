using System.Security.Claims;
using AdaptCluster.Web;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Logs browsers in with a cookie. A user gets the cookie by entering the token once or by logging in through the OpenID Connect provider.
/// Programs send the token in a header instead.
/// </summary>
internal static class PageLogin
{
    private const string Either = "TokenOrCookie", BackKey = "back";
    private const string Begin = "/session/begin", End = "/session/end", Callback = "/session/provider/back";
    private static readonly TimeSpan LoggedInFor = TimeSpan.FromHours(12);

    /// <summary>Adds the login cookie, and the OpenID Connect provider if one is configured.</summary>
    public static void AddPageLogin(
        this IServiceCollection services, HttpTokens tokens, HttpSettings settings, PageCookies cookies)
    {
        var provider = settings.Oidc;
        services.AddSingleton(new LoginMethods(provider?.Authority.Host));
        var authentication = services.AddAuthentication(Either)
            .AddPolicyScheme(Either, displayName: null, o => o.ForwardDefaultSelector = context => Scheme(context.Request))
            .AddCookie(o =>
            {
                // A redirect from the provider comes from another site, and must carry the cookie at once.
                cookies.Restrict(o.Cookie, "adaptcluster-login", provider is null ? SameSiteMode.Strict : SameSiteMode.Lax);
                (o.LoginPath, o.AccessDeniedPath, o.ReturnUrlParameter) = (LoginMethods.Path, LoginMethods.Path, BackKey);
                (o.ExpireTimeSpan, o.SlidingExpiration) = (LoggedInFor, false);
                // A cookie is valid only as long as the token or provider that it was issued for.
                o.Events.OnValidatePrincipal = context =>
                {
                    var way = context.Principal?.FindFirst(PageClaims.Way)?.Value;
                    var isValid = tokens.Known(way) is { } token ? token.IsReadOnly == PageClaims.IsReadOnly(context.Principal!)
                        : provider is not null && way == provider.Fingerprint;
                    if (!isValid) context.RejectPrincipal();
                    return Task.CompletedTask;
                };
            });
        if (provider is not null) authentication.AddOpenIdConnect(o => Configure(o, provider, settings.PublicUrl, cookies));
    }

    /// <summary>Maps the login and logout endpoints.</summary>
    public static void MapPageLogin(this IEndpointRouteBuilder app, HttpSettings settings)
    {
        app.MapPost(Begin, LogInAsync).AllowAnonymous();
        app.MapPost(End, LogOutAsync).AllowReaders();
        if (settings.Oidc is not null)
            app.MapGet(LoginMethods.ProviderPath, (string? back) =>
                Results.Challenge(new AuthenticationProperties { RedirectUri = Back(back) }, [OpenIdConnectDefaults.AuthenticationScheme]))
                .AllowAnonymous();
    }

    private static void Configure(OpenIdConnectOptions o, OidcSettings provider, Uri? publicUrl, PageCookies cookies)
    {
        (o.Authority, o.ClientId, o.ClientSecret) = (provider.Authority.ToString(), provider.ClientId, provider.ClientSecret);
        (o.SignInScheme, o.CallbackPath) = (CookieAuthenticationDefaults.AuthenticationScheme, Callback);
        // The code comes in the query, so that no other site needs to post a form here; PKCE binds it to this browser.
        (o.ResponseType, o.ResponseMode, o.UsePkce) = ("code", "query", true);
        (o.RequireHttpsMetadata, o.MapInboundClaims, o.GetClaimsFromUserInfoEndpoint, o.SaveTokens) =
            (!provider.Authority.IsLoopback, false, true, false);
        o.Scope.Add("email");
        // Some providers send it only from the user info endpoint, not in the token.
        o.ClaimActions.MapUniqueJsonKey("email_verified", "email_verified");
        cookies.Restrict(o.CorrelationCookie, "adaptcluster-provider-", SameSiteMode.Lax);
        cookies.Restrict(o.NonceCookie, "adaptcluster-nonce-", SameSiteMode.Lax);
        o.Events.OnRedirectToIdentityProvider = context =>
        {
            // Behind a proxy, the silo does not know the host name that browsers use.
            if (publicUrl is not null) context.ProtocolMessage.RedirectUri = new Uri(publicUrl, Callback).ToString();
            return Task.CompletedTask;
        };
        o.Events.OnTicketReceived = context =>
        {
            if (!provider.Admits(context.Principal!))
            {
                var why = provider.LacksVerification(context.Principal!) ? LoginMethods.NotVerified : LoginMethods.NotAdmitted;
                context.Response.Redirect($"{LoginMethods.Path}{QueryString.Create("failed", why)}");
                context.HandleResponse();
                return Task.CompletedTask;
            }
            // The cookie contains only the user's identity.
            context.Principal = new ClaimsPrincipal(new ClaimsIdentity(
                [
                    new Claim(PageClaims.Way, provider.Fingerprint), new Claim(PageClaims.Kind, PageClaims.ProviderKind),
                    new Claim(ClaimTypes.Name, provider.NameOf(context.Principal!)),
                ],
                CookieAuthenticationDefaults.AuthenticationScheme));
            return Task.CompletedTask;
        };
        o.Events.OnRemoteFailure = context =>
        {
            context.Response.Redirect($"{LoginMethods.Path}{QueryString.Create("failed", LoginMethods.ProviderFailed)}");
            context.HandleResponse();
            return Task.CompletedTask;
        };
    }

    /// <summary>
    /// Chooses the authentication scheme for a request. A program sends the token in a header and gets an error if it is missing; a browser
    /// sends a cookie and is redirected to the login page.
    /// </summary>
    private static string Scheme(HttpRequest request) =>
        !request.Headers.ContainsKey("Authorization")
            && (request.Headers.Cookie.Count > 0 || request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
            ? CookieAuthenticationDefaults.AuthenticationScheme
            : TokenScheme.Name;

    private static async Task<IResult> LogInAsync(HttpContext context, IAntiforgery antiforgery, HttpTokens tokens)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        var form = await context.Request.ReadFormAsync();
        var back = form[BackKey].ToString();
        if (tokens.Find(form["token"].ToString()) is not { } token)
            return Results.LocalRedirect($"{LoginMethods.Path}{QueryString.Create("failed", LoginMethods.WrongToken).Add(BackKey, back)}");
        var identity = new ClaimsIdentity(
            PageClaims.Of(PageClaims.CookieKind, token.Fingerprint, token.Name, token.IsReadOnly),
            CookieAuthenticationDefaults.AuthenticationScheme);
        await context.SignInAsync(CookieAuthenticationDefaults.AuthenticationScheme, new ClaimsPrincipal(identity));
        return Results.LocalRedirect(Back(back));
    }

    private static async Task<IResult> LogOutAsync(HttpContext context, IAntiforgery antiforgery)
    {
        if (!await antiforgery.IsRequestValidAsync(context)) return Results.BadRequest();
        await context.SignOutAsync(CookieAuthenticationDefaults.AuthenticationScheme);
        return Results.LocalRedirect(LoginMethods.Path);
    }

    /// <summary>Returns the path of the page to return to after the login; "/" if the given path is not a local path.</summary>
    private static string Back(string? path) => path is not null && WebPages.IsLocalPath(path) ? path : "/";
}
