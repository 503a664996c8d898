using AdaptCluster.Contracts.Jobs;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What to measure.</summary>
internal sealed record StepOptions(string Size, int[] Classes, int Batch, int Rounds, int Threads, bool Plain,
    Precision Precision, torch.Device Device)
{
    /// <summary>Reads the command line; what is not given has the values of the published table.</summary>
    internal static StepOptions Parse(string[] args)
    {
        var given = args.Chunk(2).ToDictionary(pair => pair[0], pair =>
            pair.Length == 2 ? pair[1] : throw new ArgumentException($"{pair[0]} needs a value."));
        string Take(string name, string otherwise) => given.Remove(name, out var value) ? value : otherwise;
        var options = new StepOptions(
            Take("--size", "vit-b16"), [.. Take("--classes", "10,100,397,1000").Split(',').Select(int.Parse)],
            int.Parse(Take("--batch", "4")), int.Parse(Take("--rounds", "3")), int.Parse(Take("--threads", "2")),
            bool.Parse(Take("--plain", "true")), Enum.Parse<Precision>(Take("--precision", "float32"), ignoreCase: true),
            torch.device(Take("--device", "cpu")));
        return given.Count == 0 ? options : throw new ArgumentException($"There is no option {given.Keys.First()}.");
    }
}
