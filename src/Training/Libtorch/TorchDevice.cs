using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>Devices by the names that users write.</summary>
public static class TorchDevice
{
    /// <summary>"cuda" where libtorch sees a GPU, else "cpu".</summary>
    public static string Best() => torch.cuda.is_available() ? "cuda" : "cpu";

    /// <summary>Returns the device with a name.</summary>
    /// <param name="name">"cpu" or "cuda".</param>
    /// <param name="setting">The setting with that value, for the message.</param>
    /// <exception cref="InvalidInputException">This machine has no such device.</exception>
    public static torch.Device Named(string name, string setting) => name switch
    {
        "cpu" => torch.CPU,
        "cuda" when torch.cuda.is_available() => torch.CUDA,
        "cuda" => throw new InvalidInputException($"{setting} 'cuda': {WhyNoGpu()}; or use 'cpu'."),
        _ => throw new InvalidInputException($"{setting} '{name}' is unknown; write cpu or cuda."),
    };

    /// <summary>Why libtorch sees no GPU, and how to change that.</summary>
    public static string WhyNoGpu() => Gpu.All().Count == 0
        ? "NVIDIA's driver reports no GPU to this process"
        : $"the libtorch in use finds no GPU{(LibtorchLoader.Note is { } note ? $", and {note}" : "")}; install PyTorch "
            + $"{LibtorchLoader.MadeFor.Libtorch} with CUDA, or set {LibtorchChoice.FolderVariable} to the folder 'lib' of one";
}
