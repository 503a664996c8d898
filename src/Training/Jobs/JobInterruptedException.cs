namespace AdaptCluster.Training.Jobs;

/// <summary>A run was cancelled while it trained; nothing of it is lost.</summary>
/// <param name="checkpoint">The state after the last iteration, a safetensors file.</param>
/// <param name="cancellation">What cancelled it.</param>
public sealed class JobInterruptedException(byte[] checkpoint, CancellationToken cancellation)
    : OperationCanceledException("The training was cancelled; its checkpoint goes on from the last iteration.", cancellation)
{
    /// <summary>The same job goes on from here, bit for bit as if it had never stopped.</summary>
    public byte[] Checkpoint { get; } = checkpoint;
}
