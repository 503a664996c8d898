using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>Controls whether matrix products and convolutions of float32 tensors may use tf32 on a GPU. This is a process-wide
/// setting.</summary>
public static class TensorFloat32
{
    private static int _defaultIsSet;

    /// <summary>
    /// Disables tf32 on the first call. By default, libtorch enables tf32 for convolutions, which changes an image tower's logits by 9e-4,
    /// so every model calls this method when it is created. Later calls do nothing, so they cannot change the setting while a job is
    /// running.
    /// </summary>
    public static void OffByDefault()
    {
        if (Interlocked.Exchange(ref _defaultIsSet, 1) == 0) Allow(false);
    }

    /// <summary>Enables or disables tf32.</summary>
    public static void Allow(bool allowed) =>
        torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = allowed;
}
