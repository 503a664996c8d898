using AdaptCluster.Web.Api;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Refuses requests that a page of another site makes a browser send, except for reads. A page's live connection is checked too, although
/// it starts as a read. Browsers state where a request comes from, and a page cannot forge that.
/// </summary>
internal static class OwnOrigin
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
                "Origin: found that of another site, whose pages may change nothing here; send the request from a program.");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });
}
