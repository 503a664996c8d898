using AdaptCluster.Contracts;

namespace AdaptCluster.Connections;

/// <summary>Thrown when the silo that a command talked to does not answer, or no longer does.</summary>
/// <param name="message">The message for the user.</param>
/// <param name="inner">The underlying error.</param>
public sealed class ConnectionLostException(string message, Exception? inner = null) : AdaptClusterException(message, inner)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <summary>Whether an error of a grain call means that its silo is gone.</summary>
    public static bool Means(Exception e) =>
        e is OrleansException or TimeoutException or ConnectionLostException || IsWithoutGrains(e);

    /// <summary>
    /// Whether no joined silo hosts grains, because the only one is leaving or has just started. Orleans has no exception type for this.
    /// </summary>
    public static bool IsWithoutGrains(Exception e) =>
        e is ArgumentException && e.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal);
}
