using AdaptCluster.Contracts;
using AdaptCluster.Storage;
using Microsoft.Extensions.Logging;

namespace AdaptCluster.Grains.Faults;

/// <summary>
/// Keeps foreign exceptions from leaving a grain. A caller in another process can only deserialise exception types that it has; any other
/// type tells it nothing. The original is logged where it happened. The caller receives one of our types, with a one-line message and
/// whether the call may be repeated.
/// </summary>
/// <param name="faults">Translates the store's errors.</param>
/// <param name="logger">Receives the originals.</param>
internal sealed partial class GrainFaultFilter(StoreFaults faults, ILogger<GrainFaultFilter> logger) : IIncomingGrainCallFilter
{
    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        // The boundary of a grain: every error is passed on in a form that the caller can read.
        catch (Exception e) when (!CanTravel(e))
        {
            throw Translate(e, $"{context.InterfaceName}.{context.MethodName}");
        }
    }

    /// <summary>Whether every caller can deserialise an exception and everything in it.</summary>
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
            case BusyException: return new BusyException(error.Message);
            case AdaptClusterException { IsTransient: true }: return new GrainFaultException(error.Message);
            case AdaptClusterException: return new AdaptClusterException(error.Message);
            case TimeoutException: return new TimeoutException(error.Message);
            // Callers cannot cancel grain calls, so this silo is shutting down or gave something up. The caller would take a cancellation
            // for its own.
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

    [LoggerMessage(LogLevel.Error, "Grain call {Method} failed; its caller receives the error in one line")]
    private partial void LogFault(string method, Exception error);
}
