using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Jobs;

/// <summary>A checkpoint cannot be used, which is no fault of the job: started without it, the job finds the same result.</summary>
/// <param name="reason">What is wrong with it.</param>
/// <param name="cause">Where that was found.</param>
public sealed class CheckpointException(string reason, Exception cause)
    : AdaptClusterException($"The checkpoint cannot be used ({reason.TrimEnd('.')}); the job starts anew.", cause)
{
    /// <inheritdoc/>
    public override bool IsTransient => true;
}
