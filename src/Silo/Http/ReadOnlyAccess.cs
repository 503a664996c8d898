using System.Net.Mime;
using AdaptCluster.Web;
using AdaptCluster.Web.Api;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Refuses requests that might change something if the caller has read-only access. Messages on a page's live connection do not pass
/// through here; the grains check them.
/// </summary>
internal static partial class ReadOnlyAccess
{
    /// <summary>The path at which the pages' script opens and closes its live connection.</summary>
    private const string LiveConnection = "/_blazor";

    /// <summary>The log category of refused requests. The audit log itself contains only calls that reach a grain.</summary>
    private const string Category = "AdaptCluster.Audit.Http";

    /// <summary>Adds the check; it must come after authorization.</summary>
    public static IApplicationBuilder UseReadOnlyAccess(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (!PageClaims.IsReadOnly(context.User) || IsRead(request.Method)
            || request.Path.StartsWithSegments(LiveConnection, StringComparison.Ordinal)
            || context.GetEndpoint()?.Metadata.GetMetadata<AllowsReadOnly>() is not null)
        {
            await next(context);
            return;
        }
        LogRefused(context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(Category), request.Method, request.Path,
            PageClaims.NameOf(context.User) ?? "an unnamed user");
        if (ApiProblems.IsApi(request))
        {
            await ApiProblems.RefuseAsync(context, StatusCodes.Status403Forbidden,
                $"{request.Method}: this token has read-only access; use a token that can change sweeps.");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        await context.Response.WriteAsync("This token has read-only access; log in with a token that can change sweeps.\n");
    });

    /// <summary>Allows read-only callers to use an endpoint that changes only the state of their own browser.</summary>
    public static TBuilder AllowReaders<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new AllowsReadOnly());

    private static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    [LoggerMessage(LogLevel.Warning, "Refused {Method} {Path} by {Name}, who has read-only access; nothing was changed")]
    private static partial void LogRefused(ILogger logger, string method, PathString path, string name);

    private sealed class AllowsReadOnly;
}
