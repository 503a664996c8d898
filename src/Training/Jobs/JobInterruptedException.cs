namespace AdaptCluster.Training.Jobs;

/// <summary>The exception that is thrown when a run is cancelled during training. No finished iteration is lost.</summary>
/// <param name="checkpoint">The state after the last finished iteration, as a safetensors file.</param>
/// <param name="cancellation">The token that cancelled the run.</param>
public sealed class JobInterruptedException(byte[] checkpoint, CancellationToken cancellation)
    : OperationCanceledException(
        "The training was cancelled; it can resume from its checkpoint after the last finished iteration.", cancellation)
{
    /// <summary>The checkpoint from which the same job resumes bit-exactly.</summary>
    public byte[] Checkpoint { get; } = checkpoint;
}
