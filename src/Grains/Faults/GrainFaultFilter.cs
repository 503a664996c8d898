using AdaptCluster.Contracts;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Faults;

/// <summary>
/// Lets no foreign exception leave a grain: a caller in another process can only read exception types that it has, and one that it cannot
/// read tells it nothing. The original is logged where it happened; what is sent has our type, one line of words and whether the call may
/// be repeated.
/// </summary>
/// <param name="faults">Knows the errors of the store.</param>
/// <param name="logger">Receives the originals.</param>
internal sealed partial class GrainFaultFilter(StoreFaults faults, ILogger<GrainFaultFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        // The boundary of a grain: every error is passed on, in words that the caller can read.
        catch (Exception e) when (!CanTravel(e))
        {
            throw Translate(e, $"{context.InterfaceName}.{context.MethodName}");
        }
    }

    /// <summary>Whether every caller can read an exception and all that is in it.</summary>
    internal static bool CanTravel(Exception error) => error switch
    {
        // Subclasses in assemblies that a caller may not have are sent as one of these.
        AdaptClusterException => error.InnerException is null && IsKnown(error),
        OrleansException or TimeoutException => error.InnerException is null && error.GetType().Namespace is { } name
            && (name.StartsWith("System", StringComparison.Ordinal) || name.StartsWith("Orleans", StringComparison.Ordinal)),
        _ => false,
    };

    private Exception Translate(Exception error, string method)
    {
        if (error is not AdaptClusterException && faults.Translate(error) is { } store) return store;
        switch (error)
        {
            case InvalidInputException: return new InvalidInputException(error.Message);
            case StoreException known: return new StoreException(known.Message, known.SqlState, !known.IsTransient);
            case AdaptClusterException { IsTransient: true }: return new GrainFaultException(error.Message);
            case AdaptClusterException: return new AdaptClusterException(error.Message);
            case TimeoutException: return new TimeoutException(error.Message);
            // No call to a grain can be cancelled by its caller: this silo is leaving, or gave something up. Told as a cancellation, the
            // caller would take it for its own.
            case OperationCanceledException:
                return new GrainFaultException(
                $"{method} was broken off on its silo: {error.Message.ReplaceLineEndings(" ")}");
            default:
                LogFault(method, error);
                return new GrainFaultException(
                    $"{method} failed: {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")} (the control "
                    + "silo's log has all of it)");
        }
    }

    private static bool IsKnown(Exception error) => error.GetType().Assembly == typeof(AdaptClusterException).Assembly;

    [LoggerMessage(LogLevel.Error, "Grain call {Method} failed")]
    private partial void LogFault(string method, Exception error);
}
