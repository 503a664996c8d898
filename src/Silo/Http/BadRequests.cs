using Microsoft.AspNetCore.Antiforgery;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Returns the right status code for unreadable requests: 413 for a body that is too large, 400 for a form that is invalid or has too many
/// fields. The frameworks throw exceptions for such requests, which the server would otherwise report as internal errors.
/// </summary>
internal static class BadRequests
{
    /// <summary>Adds the middleware.</summary>
    public static IApplicationBuilder UseBadRequests(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            // The antiforgery check records why it could not read the form, but always responds with 400.
            if (!context.Response.HasStarted
                && context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false, Error: { } error }
                && Status(error) == StatusCodes.Status413PayloadTooLarge)
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        }
        catch (Exception e) when (!context.Response.HasStarted && Status(e) is not null)
        {
            context.Response.Clear();
            context.Response.StatusCode = Status(e)!.Value;
        }
    });

    private static int? Status(Exception? error) => error switch
    {
        null => null,
        BadHttpRequestException { StatusCode: var status } => status,
        InvalidDataException => StatusCodes.Status400BadRequest,
        AntiforgeryValidationException => Status(error.InnerException) ?? StatusCodes.Status400BadRequest,
        _ => Status(error.InnerException),
    };
}
