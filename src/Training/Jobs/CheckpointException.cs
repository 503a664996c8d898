using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Jobs;

/// <summary>A checkpoint cannot be used. The job itself is not at fault: restarted without the checkpoint, it produces the same
/// result.</summary>
/// <param name="reason">What is wrong with the checkpoint.</param>
/// <param name="cause">The underlying error.</param>
public sealed class CheckpointException(string reason, Exception cause)
    : AdaptClusterException($"The checkpoint cannot be used ({reason.TrimEnd('.')}); the job restarts from its first epoch.", cause)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
