using System.Security.Claims;
using AdaptCluster.Contracts.Sweeps;
using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web;

/// <summary>What the host says of whoever asks for a page, as claims.</summary>
public static class PageClaims
{
    /// <summary>The fingerprint of the token, or of the provider's settings, by which somebody came.</summary>
    public const string Way = "way";

    /// <summary>How they came: one of <see cref="TokenKind"/>, <see cref="CookieKind"/> and <see cref="ProviderKind"/>.</summary>
    public const string Kind = "kind";

    /// <summary>The kind of a program that shows a token with each request.</summary>
    public const string TokenKind = "token";

    /// <summary>The kind of a browser that has shown a token once.</summary>
    public const string CookieKind = "cookie";

    /// <summary>The kind of a person who comes from a provider of OpenID Connect.</summary>
    public const string ProviderKind = "oidc";

    /// <summary>Which of the tokens was shown.</summary>
    public const string Token = "token";

    private const string Access = "access", ReadOnly = "read";

    /// <summary>The claims of whoever has shown a token.</summary>
    /// <param name="kind">How.</param>
    /// <param name="fingerprint">The token's fingerprint.</param>
    /// <param name="name">What the token is called.</param>
    /// <param name="isReadOnly">Whether it lets them read only.</param>
    public static IEnumerable<Claim> Of(string kind, string fingerprint, string name, bool isReadOnly)
    {
        IEnumerable<Claim> claims = [new(Way, fingerprint), new(Kind, kind), new(Token, name)];
        return isReadOnly ? claims.Append(new Claim(Access, ReadOnly)) : claims;
    }

    /// <summary>Whether somebody may read only.</summary>
    public static bool IsReadOnly(ClaimsPrincipal person) => person.HasClaim(Access, ReadOnly);

    /// <summary>Whether a browser sent what says who somebody is by itself, as it does whoever has it send a request.</summary>
    internal static bool CameByCookie(ClaimsPrincipal person) =>
        person.Identity?.IsAuthenticated == true && !person.HasClaim(Kind, TokenKind);

    /// <summary>Who asks for something that is no page, as the grains hear it.</summary>
    /// <param name="context">The request.</param>
    internal static Caller CallerOf(HttpContext context) =>
        CallerOf(context.User, context.RequestServices.GetService(typeof(LoginWays)) is not null);

    /// <summary>Who asks, as the grains hear it.</summary>
    /// <param name="person">Who asks.</param>
    /// <param name="needsLogin">Whether these pages are for those only who have logged in; a stranger may change nothing then.</param>
    internal static Caller CallerOf(ClaimsPrincipal person, bool needsLogin)
    {
        if (person.Identity?.IsAuthenticated != true) return new Caller(CallerWay.Page, Name: null, IsReadOnly: needsLogin);
        var way = person.FindFirst(Kind)?.Value switch
        {
            TokenKind => CallerWay.Token,
            ProviderKind => CallerWay.Oidc,
            _ => CallerWay.Cookie,
        };
        return new Caller(way, person.Identity.Name ?? person.FindFirst(Token)?.Value, IsReadOnly(person));
    }
}
