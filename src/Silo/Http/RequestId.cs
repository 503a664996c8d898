using System.Diagnostics;

namespace AdaptCluster.Silo.Http;

/// <summary>
/// Gives each request an id, which its answer and its log lines have: that of the trace which the caller or the silo has begun, else one of
/// the web server's own.
/// </summary>
internal static class RequestId
{
    private const string Header = "X-Request-Id";

    /// <summary>Adds it.</summary>
    public static IApplicationBuilder UseRequestId(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(RequestId).FullName!);
        return app.Use(async (context, next) =>
        {
            var id = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? $"{activity.TraceId}" : context.TraceIdentifier;
            // When the answer starts, since whoever turns a fault into an answer begins it anew.
            context.Response.OnStarting(() =>
            {
                context.Response.Headers[Header] = id;
                return Task.CompletedTask;
            });
            using (logger.BeginScope(new KeyValuePair<string, object?>[] { new("request", id) })) await next(context);
        });
    }
}
