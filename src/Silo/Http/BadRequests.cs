using Microsoft.AspNetCore.Antiforgery;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Answers what cannot be read for what it is: a body that is too large with 413, a form that is none, or has too many fields, with 400.
/// The frameworks below tell these by exceptions, which a server otherwise takes for faults of its own.
/// </summary>
internal static class BadRequests
{
    /// <summary>Adds the answer.</summary>
    public static IApplicationBuilder UseBadRequests(this IApplicationBuilder app) => app.Use(async (context, next) =>
    {
        try
        {
            await next(context);
            // A page notes what kept it from reading its form, and answers 400 whatever that was.
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
