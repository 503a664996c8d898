namespace AdaptCluster.Silo.Http;

/// <summary>
/// Takes every request for an encrypted one where browsers find the page by https: the proxy that has taken the encryption off says
/// nothing of it that could be trusted. By it cookies are Secure, and where one is sent to has the right address.
/// </summary>
internal static class PublicScheme
{
    /// <summary>Whether browsers find the page by https.</summary>
    public static bool IsEncrypted(HttpSettings settings) => settings.PublicUrl?.Scheme == Uri.UriSchemeHttps;

    /// <summary>Adds it, where it applies.</summary>
    public static IApplicationBuilder UsePublicScheme(this IApplicationBuilder app, HttpSettings settings) =>
        !IsEncrypted(settings) ? app : app.Use((context, next) =>
        {
            context.Request.Scheme = Uri.UriSchemeHttps;
            return next(context);
        });
}
