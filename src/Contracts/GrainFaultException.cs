namespace AdaptCluster.Contracts;

/// <summary>
/// A grain failed with an error that is not one of ours: a bug, or an error of Orleans or of a library. The silo that hosts the grain has
/// logged the original. Only its message is sent, so that every caller can deserialize it.
/// </summary>
/// <param name="message">The line that the user reads.</param>
[GenerateSerializer, Alias("GrainFaultException")]
public sealed class GrainFaultException(string message) : AdaptClusterException(message)
{
    /// <summary>
    /// Always true. The cause may be gone after a restart or an upgrade of that silo, and a worker must not lose a result because of it.
    /// </summary>
    public override bool IsTransient => true;
}
