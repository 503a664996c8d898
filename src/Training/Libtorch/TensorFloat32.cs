using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// Whether products and convolutions of float32 tensors may round to tf32 on a GPU: a setting of the whole process.
/// </summary>
public static class TensorFloat32
{
    private static int _defaultIsSet;

    /// <summary>
    /// Switches it off the first time that it is called. libtorch switches it on for convolutions, and an image tower's logits are then
    /// off by 9e-4, so every model calls this when it is made; a later call leaves a running job's setting alone.
    /// </summary>
    public static void OffByDefault()
    {
        if (Interlocked.Exchange(ref _defaultIsSet, 1) == 0) Allow(false);
    }

    /// <summary>Sets it.</summary>
    public static void Allow(bool allowed) =>
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = allowed;
}
