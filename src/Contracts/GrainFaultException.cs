namespace AdaptCluster.Contracts;

/// <summary>
/// Thrown when a grain fails with an error other than an <see cref="AdaptClusterException"/>: a bug, or an error in Orleans or another
/// library. The grain's silo logs the original exception. Only its message is sent, so that every caller can deserialize it.
/// </summary>
/// <param name="message">The message shown to the user.</param>
[GenerateSerializer, Alias("GrainFaultException")]
public sealed class GrainFaultException(string message) : AdaptClusterException(message)
{
    /// <summary>
    /// Always true. A restart or an upgrade of the silo may remove the cause, and a worker must not lose a result because of such an error.
    /// </summary>
    public override bool IsTransient => true;
}
