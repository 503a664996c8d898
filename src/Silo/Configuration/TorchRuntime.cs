using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Silo.Configuration;

/// <summary>What this process's libtorch can do.</summary>
public static class TorchRuntime
{
    /// <summary>"cuda" where libtorch sees a GPU, else "cpu".</summary>
    public static string BestDevice() => torch.cuda.is_available() ? "cuda" : "cpu";

    /// <summary>The torch device of a setting.</summary>
    /// <exception cref="InvalidInputException">There is no such device here.</exception>
    public static torch.Device Device(string name) => name switch
    {
        "cpu" => torch.CPU,
        "cuda" when torch.cuda.is_available() => torch.CUDA,
        "cuda" =>
            throw new InvalidInputException(
                "device 'cuda': this build or machine has no GPU for libtorch; build with -p:Torch=cuda, or use 'cpu'."),
        _ => throw new InvalidInputException($"device '{name}' is unknown; write cpu or cuda."),
    };
}
