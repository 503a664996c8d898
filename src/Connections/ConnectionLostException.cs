using AdaptCluster.Contracts;

namespace AdaptCluster.Connections;

/// <summary>Thrown when a silo does not respond to a command, or stops responding.</summary>
/// <param name="message">The message shown to the user.</param>
/// <param name="inner">The underlying error.</param>
public sealed class ConnectionLostException(string message, Exception? inner = null) : AdaptClusterException(message, inner)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <summary>Whether an error from a grain call means that the silo is gone.</summary>
    public static bool Means(Exception e) =>
        e is OrleansException or TimeoutException or ConnectionLostException || IsWithoutGrains(e);

    /// <summary>
    /// Whether none of the joined silos hosts grains, because the only silo is leaving or has just started. Orleans has no exception type
    /// for this error.
    /// </summary>
    public static bool IsWithoutGrains(Exception e) =>
        e is ArgumentException && e.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal);
}
