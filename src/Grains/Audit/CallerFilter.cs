using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Audit;

/// <summary>
/// Accepts a call's statement of who makes it only from another silo. A call through a gateway comes from a client and is not trusted,
/// whatever it says about itself. The log lines of a call carry its id.
/// </summary>
/// <param name="logger">Opens the logging scope of a call.</param>
internal sealed class CallerFilter(ILogger<CallerFilter> logger) : IIncomingGrainCallFilter
{
    /// <summary>The id prefix of a silo's own client. Clients at a gateway get random ids.</summary>
    private const string OfSilo = "hosted-";

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        if (context.SourceId is { } source && source.IsClient()
            && source.Key.ToString()?.StartsWith(OfSilo, StringComparison.Ordinal) != true) Caller.Distrust();
        if (Caller.CallId is not { } call)
        {
            await context.Invoke();
            return;
        }
        using (logger.BeginScope(new KeyValuePair<string, object?>[] { new("call", call) })) await context.Invoke();
    }
}
