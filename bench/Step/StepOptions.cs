using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What to measure.</summary>
internal sealed record StepOptions(string Size, int[] Classes, int Batch, int Rounds, int Threads, bool Plain,
    Precision[] Precisions, torch.Device Device)
{
    /// <summary>Reads the command line; what is not given has the values of the published table.</summary>
    internal static StepOptions Parse(BenchArguments arguments) => new(
        arguments.Text("--size", "vit-b16"), arguments.Numbers("--classes", "10,100,397,1000"), arguments.Number("--batch", 4),
        arguments.Number("--rounds", 3), arguments.Number("--threads", 2), arguments.Flag("--plain", true),
        arguments.Precisions("float32"), arguments.Device());
}
