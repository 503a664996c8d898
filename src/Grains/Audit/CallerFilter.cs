using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Audit;

/// <summary>
/// Believes only a silo of who makes a call: what comes by a gateway is a client's, whatever it says of itself. Log lines of a call have
/// its id.
/// </summary>
/// <param name="logger">Opens the scope of a call.</param>
internal sealed class CallerFilter(ILogger<CallerFilter> logger) : IIncomingGrainCallFilter
{
    /// <summary>What the id of a silo's own client begins with; clients at a gateway have ids that are made up by chance.</summary>
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
