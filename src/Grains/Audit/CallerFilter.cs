using AdaptCluster.Contracts.Sweeps;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Audit;

/// <summary>
/// Trusts the caller identity that a call carries only if the call comes from another silo. A call through a gateway comes from a client,
/// so its stated identity is discarded. Also adds the call's id to its log lines.
/// </summary>
/// <param name="logger">The logger. It opens a scope for each call.</param>
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
