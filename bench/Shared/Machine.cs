using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What a bench runs on, for the line above its table.</summary>
internal static class Machine
{
    /// <summary>The card or the processor, and the libtorch that is loaded.</summary>
    internal static string Describe(torch.Device device)
    {
        var hardware = device.type == DeviceType.CUDA ? Gpu.All()[0].Name : $"{Cpu.Model()}, {torch.get_num_threads()} threads";
        return $"{hardware}, libtorch {LoadedLibtorch.Find()?.Version ?? torch.__version__}";
    }
}
