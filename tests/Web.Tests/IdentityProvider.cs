using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace AdaptCluster.Web.Tests;

/// <summary>
/// A provider of OpenID Connect on the loopback interface, where whoever comes is logged in already as <see cref="Person"/>.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string Client = "adaptcluster", Secret = "a secret of the test";
    private readonly WebApplication _app;

    private IdentityProvider(WebApplication app) => _app = app;

    /// <summary>Its issuer.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>Who logs in: an address of electronic mail.</summary>
    public string Person { get; set; } = "ada@lab.example";

    /// <summary>Whether it says that the address is verified; null to say nothing.</summary>
    public bool? Verified { get; set; } = true;

    /// <summary>The groups of whoever logs in.</summary>
    public IReadOnlyList<string> Groups { get; set; } = [];

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls($"http://127.0.0.1:{FreePort.Find()}");
        IdentityProvider? provider = null;
        builder.Services.AddOpenIddict().AddServer(o =>
        {
            o.SetAuthorizationEndpointUris("authorize").SetTokenEndpointUris("token").AllowAuthorizationCodeFlow()
                .RequireProofKeyForCodeExchange();
            o.RegisterScopes(Scopes.Email, Scopes.Profile).AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            // Without a store of its own: the handlers below say who may do what.
            o.EnableDegradedMode().UseAspNetCore().DisableTransportSecurityRequirement();
            o.AddEventHandler<ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != Client) context.Reject(Errors.InvalidClient);
                return ValueTask.CompletedTask;
            }));
            o.AddEventHandler<ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if ((context.ClientId, context.ClientSecret) != (Client, Secret)) context.Reject(Errors.InvalidClient);
                return ValueTask.CompletedTask;
            }));
            o.AddEventHandler<HandleAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                var identity = new ClaimsIdentity("provider");
                identity.AddClaim(new Claim(Claims.Subject, "1"));
                identity.AddClaim(new Claim(Claims.Email, provider!.Person).SetDestinations(Destinations.IdentityToken));
                if (provider.Verified is { } verified)
                    identity.AddClaim(new Claim(Claims.EmailVerified, verified ? "true" : "false", ClaimValueTypes.Boolean)
                        .SetDestinations(Destinations.IdentityToken));
                foreach (var group in provider.Groups)
                    identity.AddClaim(new Claim("groups", group).SetDestinations(Destinations.IdentityToken));
                var person = new ClaimsPrincipal(identity);
                person.SetScopes(context.Request.GetScopes());
                context.SignIn(person);
                return ValueTask.CompletedTask;
            }));
        });
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseAuthentication();
        provider = new IdentityProvider(app);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
