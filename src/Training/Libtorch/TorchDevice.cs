using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>Finds devices by the names that users specify.</summary>
public static class TorchDevice
{
    /// <summary>Returns "cuda" if libtorch finds a GPU, otherwise "cpu".</summary>
    public static string Best() => torch.cuda.is_available() ? "cuda" : "cpu";

    /// <summary>Returns the device with the given name.</summary>
    /// <param name="name">"cpu" or "cuda".</param>
    /// <param name="setting">The name of the setting, for error messages.</param>
    /// <exception cref="InvalidInputException">The name is unknown, or libtorch finds no GPU.</exception>
    public static torch.Device Named(string name, string setting) => name switch
    {
        "cpu" => torch.CPU,
        "cuda" when torch.cuda.is_available() => torch.CUDA,
        "cuda" => throw new InvalidInputException($"{setting} 'cuda': {WhyNoGpu()}. To run on the CPU, use 'cpu'."),
        _ => throw new InvalidInputException($"{setting} '{name}' is unknown; write cpu or cuda."),
    };

    /// <summary>Returns an explanation of why libtorch finds no GPU, and what to do.</summary>
    public static string WhyNoGpu() => Gpu.All().Count == 0
        ? "NVIDIA's driver reports no GPU to this process"
        : $"the libtorch in use finds no GPU{(LibtorchLoader.Note is { } note ? $", and {note}" : "")}; install PyTorch "
            + $"{LibtorchLoader.MadeFor.Libtorch} with CUDA, or set {LibtorchChoice.FolderVariable} to the 'lib' folder of an existing "
            + "installation";
}
