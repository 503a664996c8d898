namespace AdaptCluster.Silo.Http;

/// <summary>
/// Treats every request as encrypted if browsers reach the page over HTTPS, in which case a proxy terminates TLS. The setting is used
/// because a proxy's headers are not trusted. Cookies are then Secure, and redirects use the right scheme.
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
