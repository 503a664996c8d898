namespace AdaptCluster.Contracts;

/// <summary>
/// A grain failed in a way that it does not explain itself: an error of the program, of Orleans or of a library. The silo that hosts the
/// grain has logged the original; only its words travel, so that every caller can read them.
/// </summary>
/// <param name="message">The line that the user reads.</param>
[GenerateSerializer, Alias("GrainFaultException")]
public sealed class GrainFaultException(string message) : AdaptClusterException(message)
{
    /// <summary>
    /// Always true: whatever failed may be gone after a restart or an upgrade of that silo, and a worker's result must not be lost to it.
    /// </summary>
    public override bool IsTransient => true;
}
