using AdaptCluster.Web.Api;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Refuses what a page of another site has a browser send: everything but reading, and the connection of a page, which reads too. Browsers
/// say where a request comes from, and a page cannot make them say otherwise.
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
        // A proxy may have taken the encryption off, so the scheme is not compared.
        if (origin.Length == 0 || (Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority == request.Host.Value))
            return next(context);
        if (ApiProblems.IsApi(request))
            return ApiProblems.RefuseAsync(context, StatusCodes.Status403Forbidden,
                "Origin: found that of another site, whose pages may change nothing here; send the request from a program.");
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    });
}
