using AdaptCluster.Web;

namespace AdaptCluster.Silo.Http;

/// <summary>What browsers are told with every answer. A page that needs more sets its own header, which then stays.</summary>
internal static class SecurityHeaders
{
    private const string Policy = "Content-Security-Policy";

    private static readonly (string Name, string Value)[] Headers =
    [
        (Policy, "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Referrer-Policy", "no-referrer"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cache-Control", "no-store"),
    ];

    /// <summary>Adds them to every answer, refusals included.</summary>
    public static IApplicationBuilder UseSecurityHeaders(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(() =>
        {
            // What is no page needs nothing at all.
            if (context.Response.ContentType?.StartsWith("text/html", StringComparison.Ordinal) == true) context.Response.Headers.TryAdd(Policy, WebPages.ContentSecurityPolicy);
            foreach (var (name, value) in Headers) context.Response.Headers.TryAdd(name, value);
            return Task.CompletedTask;
        });
        return next(context);
    });
}
