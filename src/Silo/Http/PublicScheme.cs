namespace AdaptCluster.Silo.Http;

/// <summary>
/// Treats every request as encrypted if browsers reach the page by https: a proxy terminates TLS, and its headers cannot be trusted to
/// say so. Cookies are then Secure, and redirects have the right address.
/// </summary>
internal static class PublicScheme
{
    /// <summary>Whether browsers reach the page by https.</summary>
    public static bool IsEncrypted(HttpSettings settings) => settings.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Adds the middleware if it applies.</summary>
    public static IApplicationBuilder UsePublicScheme(this IApplicationBuilder app, HttpSettings settings) =>
        !IsEncrypted(settings) ? app : app.Use((context, next) =>
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
}
