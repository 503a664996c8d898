using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The libtorch of this process.</summary>
public static class TorchRuntime
{
    /// <summary>The version of the libtorch that is loaded, which is not always the one that TorchSharp was made for.</summary>
    public static string Version(SiloSettings settings) => Loaded(settings)?.Version ?? torch.__version__;

    /// <summary>The libtorch that is loaded; null where the system does not tell.</summary>
    public static LoadedLibtorch? Loaded(SiloSettings settings)
    {
        settings.LoadLibtorch();
        // TorchSharp loads its own with the first call.
        TorchDevice.Best();
        return LoadedLibtorch.Find();
    }
}
