namespace AdaptCluster.Training.Jobs;

/// <summary>A run was cancelled while it trained. No finished iteration is lost.</summary>
/// <param name="checkpoint">The state after the last iteration, a safetensors file.</param>
/// <param name="cancellation">The token that cancelled it.</param>
public sealed class JobInterruptedException(byte[] checkpoint, CancellationToken cancellation)
    : OperationCanceledException("The training was cancelled; its checkpoint resumes after the last iteration.", cancellation)
{
    /// <summary>The checkpoint from which the same job resumes bit-exactly.</summary>
    public byte[] Checkpoint { get; } = checkpoint;
}
