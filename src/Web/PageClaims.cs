using System.Security.Claims;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web;

/// <summary>The claims that identify the users of the pages.</summary>
public static class PageClaims
{
    /// <summary>The fingerprint of the token, or of the provider's settings, with which the user logged in.</summary>
    public const string Way = "way";

    /// <summary>
    /// The way in which the user logged in: <see cref="TokenKind"/>, <see cref="CookieKind"/> or <see cref="ProviderKind"/>.
    /// </summary>
    public const string Kind = "kind";

    /// <summary>Identifies a program that sends a token with each request.</summary>
    public const string TokenKind = "token";

    /// <summary>Identifies a browser in which a token was entered once.</summary>
    public const string CookieKind = "cookie";

    /// <summary>Identifies a user who logged in through an OpenID Connect provider.</summary>
    public const string ProviderKind = "oidc";

    /// <summary>The name of the token.</summary>
    public const string Token = "token";

    private const string Access = "access", ReadOnly = "read";

    /// <summary>Returns the claims for a token.</summary>
    /// <param name="kind">The way in which the token was presented: <see cref="TokenKind"/> or <see cref="CookieKind"/>.</param>
    /// <param name="fingerprint">The token's fingerprint.</param>
    /// <param name="name">The token's name.</param>
    /// <param name="isReadOnly">Whether the token grants read-only access.</param>
    public static IEnumerable<Claim> Of(string kind, string fingerprint, string name, bool isReadOnly)
    {
        IEnumerable<Claim> claims = [new(Way, fingerprint), new(Kind, kind), new(Token, name)];
        return isReadOnly ? claims.Append(new Claim(Access, ReadOnly)) : claims;
    }

    /// <summary>Whether a user has read-only access.</summary>
    public static bool IsReadOnly(ClaimsPrincipal person) => person.HasClaim(Access, ReadOnly);

    /// <summary>Returns the user's name or, for a program, the name of its token; null if the caller has no name.</summary>
    /// <param name="person">The user.</param>
    public static string? NameOf(ClaimsPrincipal person) => person.Identity?.Name ?? person.FindFirst(Token)?.Value;

    /// <summary>
    /// Whether the browser added the credentials automatically. It would also do so for a request that another site triggers.
    /// </summary>
    internal static bool CameByCookie(ClaimsPrincipal person) =>
        person.Identity?.IsAuthenticated == true && !person.HasClaim(Kind, TokenKind);

    /// <summary>Returns the caller of a request that is not for a page, in the form that grains receive.</summary>
    /// <param name="context">The request.</param>
    internal static Caller CallerOf(HttpContext context) =>
        CallerOf(context.User, context.RequestServices.GetService(typeof(LoginMethods)) is not null);

    /// <summary>Returns the caller in the form that grains receive.</summary>
    /// <param name="person">The user.</param>
    /// <param name="needsLogin">Whether the pages require a login. If so, an anonymous caller has read-only access.</param>
    internal static Caller CallerOf(ClaimsPrincipal person, bool needsLogin)
    {
        if (person.Identity?.IsAuthenticated != true) return new Caller(CallerWay.Page, Name: null, IsReadOnly: needsLogin);
        var way = person.FindFirst(Kind)?.Value switch
        {
            TokenKind => CallerWay.Token,
            ProviderKind => CallerWay.Oidc,
            _ => CallerWay.Cookie,
        };
        return new Caller(way, NameOf(person), IsReadOnly(person));
    }
}
