using AdaptCluster.Web.Api;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Refuses requests that a browser sends on behalf of another site's page, except for reads. A page's live connection is also checked,
/// although it starts as a read. The browser sends the origin of each such request, and a page cannot forge it.
/// </summary>
internal static class SameOriginCheck
{
    /// <summary>Adds the check.</summary>
    public static IApplicationBuilder UseOwnOriginOnly(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        var request = context.Request;
        if ((HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) && !context.WebSockets.IsWebSocketRequest
            && !request.Headers.ContainsKey("Upgrade")) return next(context);
        var origin = request.Headers.Origin.ToString();
        // A proxy may have terminated TLS, so the scheme is not compared.
        if (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value))
            return next(context);
        if (ApiProblems.IsApi(request))
            return ApiProblems.RefuseAsync(context, StatusCodes.Status403Forbidden,
                "Origin: the request comes from a page of another site, which must not change anything; send it without a browser.");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });
}
