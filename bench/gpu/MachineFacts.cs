using System.Globalization;
using System.Runtime.InteropServices;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What a report's numbers depend on.</summary>
internal static class MachineFacts
{
    private const string Driver = "/proc/driver/nvidia/version";

    /// <summary>Facts by name, in the order in which they should be read.</summary>
    internal static IEnumerable<(string Name, string Value)> Of(torch.Device device)
    {
        foreach (var gpu in device.type == DeviceType.CUDA ? Gpu.All() : []) yield return ("card", $"{gpu}");
        if (device.type == DeviceType.CUDA && File.Exists(Driver)) yield return ("driver", File.ReadLines(Driver).First());
        yield return ("processor", $"{Cpu.Model()}, {Environment.ProcessorCount} threads");
        yield return ("memory", string.Create(CultureInfo.InvariantCulture,
            $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20:N0} MiB"));
        yield return ("torch", $"{(object?)LoadedLibtorch.Find() ?? "libtorch"}; TorchSharp {LibtorchLoader.MadeFor.TorchSharp}, "
            + $"made for {LibtorchLoader.MadeFor.Libtorch}");
        yield return ("system", $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
    }
}
