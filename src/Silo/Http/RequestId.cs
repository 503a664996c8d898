using System.Diagnostics;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Adds a request id to each response and to the log lines about its request. The id is the trace id, if the caller or the silo has started
/// a trace, otherwise the web server's request id.
/// </summary>
internal static class RequestId
{
    private const string Header = "X-Request-Id";

    /// <summary>Adds the middleware.</summary>
    public static IApplicationBuilder UseRequestId(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RequestId).FullName!);
        return app.Use(async (context, next) =>
        {
            var id = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? $"{activity.TraceId}" : context.TraceIdentifier;
            // Set when the response starts, since error handlers clear the response.
            context.Response.OnStarting(() =>
            {
                context.Response.Headers[Header] = id;
                return Task.CompletedTask;
            });
            using (logger.BeginScope(new KeyValuePair<string, object?>[] { new("request", id) })) await next(context);
        });
    }
}
