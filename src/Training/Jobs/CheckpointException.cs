using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The exception that is thrown when a checkpoint cannot be used. The job itself is valid: if it restarts without the checkpoint, it
/// produces the same result.
/// </summary>
/// <param name="reason">The reason why the checkpoint cannot be used.</param>
/// <param name="cause">The underlying error.</param>
public sealed class CheckpointException(string reason, Exception cause)
    : AdaptClusterException($"The checkpoint cannot be used ({reason.TrimEnd('.')}); the job restarts from its first epoch.", cause)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
