using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What a bench runs on, for the line above its table.</summary>
internal static class Machine
{
    /// <summary>The card or the processor, and the libtorch that is loaded.</summary>
    internal static string Describe(torch.Device device)
    {
        var hardware = device.type == DeviceType.CUDA ? Gpu.All()[0].Name : $"{Processor()}, {torch.get_num_threads()} threads";
        return $"{hardware}, libtorch {LoadedLibtorch.Find()?.Version ?? torch.__version__}";
    }

    private static string Processor()
    {
        const string file = "/proc/cpuinfo";
        var line = File.Exists(file)
            ? File.ReadLines(file).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? "CPU";
    }
}
