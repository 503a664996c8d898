using AdaptCluster.Contracts;

namespace AdaptCluster.Connections;

/// <summary>The silo that a command talked to does not answer, or not any more.</summary>
/// <param name="message">The line that the user reads.</param>
/// <param name="inner">What was seen.</param>
public sealed class ConnectionLostException(string message, Exception? inner = null) : AdaptClusterException(message, inner)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;

    /// <summary>Whether an error of a call to a grain means that its silo is gone.</summary>
    public static bool Means(Exception e) =>
        e is OrleansException or TimeoutException or ConnectionLostException || IsWithoutGrains(e);

    /// <summary>
    /// Whether no silo that was joined hosts grains: the only one is leaving, or has just begun. Orleans has no type of its own for that.
    /// </summary>
    public static bool IsWithoutGrains(Exception e) =>
        e is ArgumentException && e.Message.StartsWith("Could not find an implementation for interface", StringComparison.Ordinal);
}
