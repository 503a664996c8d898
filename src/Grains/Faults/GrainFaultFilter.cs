using AdaptCluster.Contracts;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Faults;

/// <summary>
/// Translates exceptions that a grain throws. A caller in another process can deserialise only the exception types that are available
/// there. The original exception is logged on the silo where it occurred. The caller receives one of AdaptCluster's exception types, with a
/// one-line message and whether the call can be retried.
/// </summary>
/// <param name="faults">The translator for store errors.</param>
/// <param name="logger">The logger for the original exceptions.</param>
internal sealed partial class GrainFaultFilter(StoreFaults faults, ILogger<GrainFaultFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        // This is the grain's boundary: every error reaches the caller in a form that it can read.
        catch (Exception e) when (!CanTravel(e))
        {
            throw Translate(e, $"{context.InterfaceName}.{context.MethodName}");
        }
    }

    /// <summary>Whether every caller can deserialise an exception.</summary>
    internal static bool CanTravel(Exception error) => error switch
    {
        // Subclasses from assemblies that a caller might not have are translated to one of these types.
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
            // Callers cannot cancel grain calls, so this silo is shutting down or has abandoned an operation. The caller would mistake a
            // cancellation for one of its own.
            case OperationCanceledException:
                return new GrainFaultException(
                $"{method} was interrupted on its silo: {error.Message.ReplaceLineEndings(" ")}");
            default:
                LogFault(method, error);
                return new GrainFaultException(
                    $"{method} failed: {error.GetType().Name}: {error.Message.ReplaceLineEndings(" ")} (see the "
                    + "control silo's log)");
        }
    }

    private static bool IsKnown(Exception error) => error.GetType().Assembly == typeof(AdaptClusterException).Assembly;

    [LoggerMessage(LogLevel.Error, "Grain call {Method} failed; the caller receives a one-line error")]
    private partial void LogFault(string method, Exception error);
}
