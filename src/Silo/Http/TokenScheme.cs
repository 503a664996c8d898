using System.Security.Claims;
using AdaptCluster.Web;
using Microsoft.AspNetCore.Authentication;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// The ASP.NET authentication scheme for "Authorization: Bearer …" (RFC 6750). Every endpoint requires a token unless it allows anonymous
/// access. Other schemes, such as the page's cookie, can be added.
/// </summary>
internal sealed class TokenScheme(HttpTokens tokens) : IAuthenticationHandler
{
    public const string Name = "Bearer";
    private const string Prefix = Name + " ";
    private HttpContext? _context;

    public Task InitializeAsync(AuthenticationScheme scheme, HttpContext context)
    {
        _context = context;
        return Task.CompletedTask;
    }

    public Task<AuthenticateResult> AuthenticateAsync() => Task.FromResult(Shown() switch
    {
        null => AuthenticateResult.NoResult(),
        // The identity has claims because antiforgery binds forms to them: an identity without claims counts as anonymous.
        { } shown when tokens.Find(shown) is { } token =>
            AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(
                PageClaims.Of(PageClaims.TokenKind, token.Fingerprint, token.Name, token.IsReadOnly), Name)), Name)),
        _ => AuthenticateResult.Fail("The token is not valid."),
    });

    public Task ChallengeAsync(AuthenticationProperties? properties) => RefuseAsync(StatusCodes.Status401Unauthorized);

    public Task ForbidAsync(AuthenticationProperties? properties) => RefuseAsync(StatusCodes.Status403Forbidden);

    private HttpContext Context => _context
        ?? throw new InvalidOperationException("The handler was used before it was initialised with a request.");

    private Task RefuseAsync(int status)
    {
        Context.Response.StatusCode = status;
        Context.Response.Headers.WWWAuthenticate = Shown() is null ? $"{Name} realm=\"adaptcluster\""
            : $"{Name} realm=\"adaptcluster\", error=\"invalid_token\"";
        return Task.CompletedTask;
    }

    private string? Shown() =>
        Context.Request.Headers.Authorization is [{ } header] && header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? header[Prefix.Length..].Trim() : null;
}
