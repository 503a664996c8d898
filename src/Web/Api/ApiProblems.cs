using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Specs;
using AdaptCluster.Web.Shell;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace AdaptCluster.Web.Api;

/// <summary>Creates the API's error responses: problem documents (RFC 9457) that say what was found and what to do.</summary>
public static class ApiProblems
{
    /// <summary>The path prefix of the API.</summary>
    internal const string Root = "/api";

    /// <summary>
    /// The delay before a retry that a busy cluster suggests, in seconds. Planning takes minutes for a large spec, and less than a second
    /// for a small spec.
    /// </summary>
    private const string BusySeconds = "30";

    private const string Type = "application/problem+json";

    /// <summary>Whether a request is for the API.</summary>
    /// <param name="request">The request.</param>
    public static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments(Root, StringComparison.OrdinalIgnoreCase);

    /// <summary>Adds a problem document to a response if later middleware refuses the request with only a status.</summary>
    /// <param name="app">The host.</param>
    public static IApplicationBuilder UseApiProblems(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        await next(context);
        var (response, status) = (context.Response, context.Response.StatusCode);
        if (status < StatusCodes.Status400BadRequest || response.HasStarted || response.ContentType is not null || !IsApi(context.Request))
            return;
        await RefuseAsync(context, status, Words(status));
    });

    /// <summary>Responds with a problem document.</summary>
    /// <param name="context">The request.</param>
    /// <param name="status">The status.</param>
    /// <param name="detail">The error message: what was found and what to do.</param>
    public static Task RefuseAsync(HttpContext context, int status, string detail) => Of(status, detail).ExecuteAsync(context);

    /// <summary>Returns the response for an error; null if the error is unexpected.</summary>
    internal static IResult? Of(Exception error, HttpContext context)
    {
        switch (error)
        {
            case ApiException refusal:
                return Of(refusal.Status, refusal.Message, refusal.Path, refusal.Line);
            case InvalidInputException:
                return Of(StatusCodes.Status400BadRequest, error.Message);
            case BusyException:
                context.Response.Headers.RetryAfter = BusySeconds;
                return Of(StatusCodes.Status503ServiceUnavailable, error.Message);
            // For example, masks of a job that has pruned nothing yet.
            case AdaptClusterException { IsTransient: false }:
                return Of(StatusCodes.Status409Conflict, error.Message);
            case not null when LivePage.IsLoss(error):
                context.Response.Headers.RetryAfter = "1";
                return Of(StatusCodes.Status503ServiceUnavailable,
                    error is AdaptClusterException ? error.Message : "the cluster is not responding; try again.");
            default:
                return null;
        }
    }

    internal static IResult Of(int status, string detail, string? path = null, int? line = null)
    {
        var problem = new JsonObject
        {
            ["type"] = "about:blank",
            ["title"] = ReasonPhrases.GetReasonPhrase(status),
            ["status"] = status,
            ["detail"] = PrintableText.OneLine(detail),
        };
        if (path is not null) problem["path"] = path;
        if (line is not null) problem["line"] = line;
        return Results.Text(problem.ToJsonString(AdaptClusterJson.Indented) + "\n", Type, contentEncoding: null, status);
    }

    private static string Words(int status) => status switch
    {
        StatusCodes.Status401Unauthorized =>
            "the request has no valid token of this cluster; send the header 'Authorization: Bearer TOKEN' with one of its HTTP tokens.",
        StatusCodes.Status413PayloadTooLarge =>
            $"the body is larger than the maximum size of a spec ({SpecParser.MaxBytes} bytes); split it into several sweeps.",
        _ => $"the request is not valid; see {ApiDocument.Path} for all routes and parameters.",
    };
}

/// <summary>A problem document. The API's OpenAPI schema describes it.</summary>
/// <param name="Type">Always "about:blank", because the status identifies the kind of problem.</param>
/// <param name="Title">The reason phrase for the status.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">The error message: what was found and what to do.</param>
/// <param name="Path">The path of an error in a spec, such as "$.arms[0].method".</param>
/// <param name="Line">The 1-based line of an error in a spec.</param>
internal sealed record ApiProblem(string Type, string Title, int Status, string Detail, string? Path = null, int? Line = null);
