using AdaptCluster.Web;

namespace AdaptCluster.Silo.Http;

/// <summary>Adds security headers to every response. Pages get a content security policy that allows what they need.</summary>
internal static class SecurityHeaders
{
    private const string Policy = "Content-Security-Policy", Cache = "Cache-Control", Referrer = "Referrer-Policy";

    private static readonly (string Name, string Value)[] Headers =
    [
        (Policy, "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        (Referrer, "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
    ];

    /// <summary>Adds the headers to every response, including refusals.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            // Responses other than pages need no permissions. Weaker headers that frameworks set for pages are overwritten.
            foreach (var (name, value) in Headers) context.Response.Headers[name] = value;
            context.Response.Headers.TryAdd(Cache, "no-store");
            if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
            {
                context.Response.Headers[Policy] = WebPages.ContentSecurityPolicy;
                // With no-referrer, a browser would also hide the origin of the page's own forms.
                context.Response.Headers[Referrer] = "same-origin";
            }
            return Task.CompletedTask;
        });
        return next(context);
    });
}
