using System.Globalization;
using AdaptCluster.Bench;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones;

/// <summary>
/// The estimate by which packs are sized, on CPUs and GPUs alike, against what bench/Memory measured: a step that is thought too small
/// fails for lack of memory, one that is thought too large leaves a device idle.
/// </summary>
public sealed class StepMemoryTests
{
    /// <summary>Blocks with prompts, and the prompts of each, in both towers: all of the paper's context tokens.</summary>
    private static readonly int[] Prompts = [.. Enumerable.Repeat(16, 12)];

    /// <summary>MiB that bench/Memory measured on a CPU, as docs/developers/trainer.md shows them.</summary>
    public static TheoryData<string, int, int, int> Measured => new()
    {
        { "vit-b16", 10, 1, 228 },
        { "vit-b16", 100, 1, 308 },
        { "vit-b16", 100, 2, 940 },
        { "vit-b16", 397, 1, 527 },
        { "vit-b16", 100, 4, 1150 },
        { "vit-b16", 1000, 1, 1127 },
    };

    [Theory, MemberData(nameof(Measured))]
    public void The_estimate_is_hardly_below_what_was_measured_and_at_most_twice_of_it(string size, int classes, int lanes, int measured)
    {
        var estimated = lanes * Estimate(size, classes) >> 20;

        Assert.InRange(estimated, 0.95 * measured, 2 * measured);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"| {classes} | {lanes} | {estimated} | {measured} |"),
            File.ReadAllText(Repository.At("docs/developers/trainer.md")), StringComparison.Ordinal);
    }

    private static long Estimate(string size, int classes)
    {
        var config = RandomClip.Of(size);
        var (cost, tokenizer, data) = (new ClipCost(config), new WordLengthTokenizer(config), Noise.Data(classes, trainImages: 4, 8));
        long[][] texts =
            [.. Enumerable.Range(0, classes).Select(label => Array.ConvertAll(tokenizer.Encode(data.Prompt(label)), id => (long)id))];
        var (sequences, _, _) = TextSequences.Lay(texts, ClipModel.FastestTextRows, torch.CPU);
        using (sequences) return cost.ImageStepBytes(4, Prompts) + cost.TextStepBytes(sequences, Prompts);
    }
}
