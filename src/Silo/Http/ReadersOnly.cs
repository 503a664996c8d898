using System.Net.Mime;
using AdaptCluster.Web;
using AdaptCluster.Web.Api;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Refuses requests that might change something where the caller may read only. What a page's live connection carries is no request; the
/// grains refuse that.
/// </summary>
internal static class ReadersOnly
{
    /// <summary>Where the script of the pages makes and ends its live connection.</summary>
    private const string LiveConnection = "/_blazor";

    /// <summary>Adds the check, behind authorization.</summary>
    public static IApplicationBuilder UseReadersOnlyRead(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        var request = context.Request;
        if (!PageClaims.IsReadOnly(context.User) || IsRead(request.Method)
            || request.Path.StartsWithSegments(LiveConnection, StringComparison.Ordinal)
            || context.GetEndpoint()?.Metadata.GetMetadata<ForReadersToo>() is not null)
        {
            await next(context);
            return;
        }
        if (ApiProblems.IsApi(request))
        {
            await ApiProblems.RefuseAsync(context, StatusCodes.Status403Forbidden,
                $"{request.Method}: this token may only read; show one that may change sweeps.");
            return;
        }
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        context.Response.ContentType = MediaTypeNames.Text.Plain;
        await context.Response.WriteAsync("This token may only read.\n");
    });

    /// <summary>Lets an endpoint be called by those too who may read only: it changes nothing but their own browser.</summary>
    public static TBuilder AllowReaders<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ForReadersToo());

    private static bool IsRead(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private sealed class ForReadersToo;
}
