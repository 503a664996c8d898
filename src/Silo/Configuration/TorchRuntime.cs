using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Silo.Configuration;

/// <summary>Provides information about this process's libtorch.</summary>
public static class TorchRuntime
{
    /// <summary>Returns the version of the loaded libtorch, which can differ from the version that TorchSharp was built for.</summary>
    public static string Version(SiloSettings settings) => Loaded(settings)?.Version ?? torch.__version__;

    /// <summary>Returns the loaded libtorch; null if it cannot be found.</summary>
    public static LoadedLibtorch? Loaded(SiloSettings settings)
    {
        settings.LoadLibtorch();
        // The first call makes TorchSharp load its own libtorch.
        TorchDevice.Best();
        return LoadedLibtorch.Find();
    }
}
