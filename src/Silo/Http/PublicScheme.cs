namespace AdaptCluster.Silo.Http;

/// <summary>
/// Treats every request as HTTPS if the public URL uses HTTPS, in which case a proxy terminates TLS. Cookies are then marked Secure, and
/// redirects use the right scheme. This relies on the setting, because a proxy's headers are not trusted.
/// </summary>
internal static class PublicScheme
{
    /// <summary>Whether browsers reach the page over HTTPS.</summary>
    public static bool IsEncrypted(HttpSettings settings) => settings.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Adds the middleware if browsers reach the page over HTTPS.</summary>
    public static IApplicationBuilder UsePublicScheme(this IApplicationBuilder app, HttpSettings settings) =>
        !IsEncrypted(settings) ? app : app.Use((context, next) =>
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
}
