using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web;

/// <summary>
/// How the pages' cookies are kept from others. Where browsers find the pages by https, cookies travel encrypted only, and by their names'
/// beginning browsers take them from nobody but this host itself, so that a neighbour in the same domain cannot plant one.
/// </summary>
/// <param name="isEncrypted">Whether browsers find the pages by https.</param>
/// <param name="suffix">
/// What sets protected cookies apart from those of other pages of this host, whose keys are others: browsers do not tell its ports apart.
/// </param>
public sealed class PageCookies(bool isEncrypted, string suffix = "")
{
    /// <summary>A cookie's name, as browsers have it.</summary>
    public string Name(string name) => isEncrypted ? $"__Host-{name}" : name;

    /// <summary>Keeps a cookie from scripts and, but for links where that is wanted, from what other sites send.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <param name="name">Its name, or the beginning of it.</param>
    /// <param name="sameSite">What other sites may send it with.</param>
    public void Restrict(CookieBuilder cookie, string name, SameSiteMode sameSite = SameSiteMode.Strict) =>
        (cookie.Name, cookie.Path, cookie.HttpOnly, cookie.SameSite, cookie.SecurePolicy, cookie.IsEssential) =
            (Name(name) + suffix, "/", true, sameSite, isEncrypted ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest, true);

    /// <summary>The same for a cookie that is written by hand.</summary>
    public CookieOptions Options(TimeSpan maxAge) => new()
    {
        MaxAge = maxAge,
        Path = "/",
        SameSite = SameSiteMode.Strict,
        HttpOnly = true,
        Secure = isEncrypted,
        IsEssential = true,
    };
}
