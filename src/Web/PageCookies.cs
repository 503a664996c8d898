using Microsoft.AspNetCore.Http;

namespace AdaptCluster.Web;

/// <summary>
/// Protects the pages' cookies. If browsers reach the pages by https, cookies are sent only encrypted. Their name prefix makes browsers
/// accept them only from this host itself, so that a neighbour in the same domain cannot plant one.
/// </summary>
/// <param name="isEncrypted">Whether browsers reach the pages by https.</param>
/// <param name="suffix">
/// Distinguishes protected cookies from those of other pages on this host that use other keys: browsers share cookies between ports.
/// </param>
public sealed class PageCookies(bool isEncrypted, string suffix = "")
{
    /// <summary>Returns a cookie's full name.</summary>
    public string Name(string name) => isEncrypted ? $"__Host-{name}" : name;

    /// <summary>Hides a cookie from scripts and, except for links if requested, from requests of other sites.</summary>
    /// <param name="cookie">The cookie.</param>
    /// <param name="name">Its name, or its prefix.</param>
    /// <param name="sameSite">The requests of other sites that may carry it.</param>
    public void Restrict(CookieBuilder cookie, string name, SameSiteMode sameSite = SameSiteMode.Strict) =>
        (cookie.Name, cookie.Path, cookie.HttpOnly, cookie.SameSite, cookie.SecurePolicy, cookie.IsEssential) =
            (Name(name) + suffix, "/", true, sameSite, isEncrypted ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest, true);

    /// <summary>Returns the same protection for a cookie that is written directly.</summary>
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
