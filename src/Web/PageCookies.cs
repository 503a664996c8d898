using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web;

/// <summary>
/// Protects the pages' cookies. If browsers reach the pages over HTTPS, cookies are sent only over encrypted connections. Because of their
/// name prefix, browsers accept them only from this host, so that another host in the same domain cannot set them.
/// </summary>
/// <param name="isEncrypted">Whether browsers reach the pages over HTTPS.</param>
/// <param name="suffix"> A suffix for the names of protected cookies. It distinguishes them from cookies for pages on other ports of this
/// host: browsers share cookies between ports, but each page has separate keys. </param>
public sealed class PageCookies(bool isEncrypted, string suffix = "")
{
    /// <summary>Returns a cookie's full name.</summary>
    public string Name(string name) => isEncrypted ? $"__Host-{name}" : name;

    /// <summary>Hides a cookie from scripts, and from requests by other sites unless <paramref name="sameSite"/> allows them.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <param name="name">The cookie's name or name prefix.</param>
    /// <param name="sameSite">The requests by other sites that can carry the cookie. Default: none.</param>
    public void Restrict(CookieBuilder cookie, string name, SameSiteMode sameSite = SameSiteMode.Strict) =>
        (cookie.Name, cookie.Path, cookie.HttpOnly, cookie.SameSite, cookie.SecurePolicy, cookie.IsEssential) =
            (Name(name) + suffix, "/", true, sameSite, isEncrypted ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest, true);

    /// <summary>Returns options for a cookie that is written directly, with the same protection as <see cref="Restrict"/>.</summary>
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
