using AdaptCluster.Web;

namespace AdaptCluster.Silo.Http;

/// <summary>What browsers are told with every answer. Pages are trusted with what they need.</summary>
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

    /// <summary>Adds them to every answer, refusals included.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            // What is no page needs nothing at all. Frameworks set weaker ones of these for pages, which do not stay.
            foreach (var (name, value) in Headers) context.Response.Headers[name] = value;
            context.Response.Headers.TryAdd(Cache, "no-store");
            if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true)
            {
                context.Response.Headers[Policy] = WebPages.ContentSecurityPolicy;
                // With no-referrer a browser hides the origin of a page's own forms from us too.
                context.Response.Headers[Referrer] = "same-origin";
            }
            return Task.CompletedTask;
        });
        return next(context);
    });
}
