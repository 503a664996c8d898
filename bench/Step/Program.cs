// Milliseconds of one training iteration of Adapt on a CLIP of tiny-clip's size with random weights, one thread.
// Run: dotnet run -c Release --project bench/Step
using System.Globalization;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Random;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
torch.set_num_threads(1);
var folder = Directory.CreateTempSubdirectory("adaptcluster-bench-").FullName;
try
{
    using (var random = ClipModel.CreateRandom(TinySize.Config, seed: 1)) random.Save(folder);
    using var model = ClipModel.Load(folder, torch.CPU);
    Console.WriteLine("| classes | batch | context tokens | iterations | ms per iteration |");
    Console.WriteLine("| --- | --- | --- | --- | --- |");
    var cases = new[] { (8, 4, 48), (8, 4, 12), (12, 4, 48), (12, 4, 12), (12, 8, 12) };
    foreach (var (classes, batch, target) in cases) Measure(model, classes, batch, target);
}
finally
{
    Directory.Delete(folder, recursive: true);
}

static void Measure(ClipModel model, int classes, int batch, int target)
{
    var data = new FewShotData
    {
        ClassNames = [.. Enumerable.Range(0, classes).Select(i => $"class{i}")],
        Template = DatasetSource.DefaultTemplate,
        Train = new NoiseSplit(classes * 16, classes),
        Validation = new NoiseSplit(classes, classes),
        Test = new NoiseSplit(classes, classes),
    };
    using var runner = new JobRunner(model, new FixedLengthTokenizer(), data, new ScalePreprocessor());
    var job = new JobDefinition
    {
        Method = MethodNames.Adapt,
        Backbone = "bench",
        Dataset = new DatasetSource { Name = "noise", Format = "drawn" },
        Shots = 16,
        Seed = 1,
        Scorer = Scorer.Snip,
        TTarget = target,
        Train = new TrainSettings
        {
            Epochs = 40,
            BatchSize = batch,
            LearningRate = 0.001,
            LearningRateWarmupEpochs = 0,
            Augmentation = Augmentation.None,
            Adapt = new AdaptSettings { MaxContextLength = 8, PruneWarmupEpochs = 0, PrunePeriod = 4 },
        },
    };
    // The first epochs pay for loading, just-in-time compilation and pruning: the faster half of the epochs tells the speed.
    var epochs = new List<double>();
    var iterations = 0;
    runner.Run(job, null, report =>
        { iterations = report.Iterations; epochs.Add(report.Duration.TotalMilliseconds / report.Iterations); }, CancellationToken.None);
    var median = epochs.Order().Skip(epochs.Count / 4).First();
    Console.WriteLine($"| {classes} | {batch} | {target} | {iterations * epochs.Count} | {median:F2} |");
}

/// <summary>The size of tiny-clip.</summary>
internal static class TinySize
{
    internal static ClipConfig Config { get; } = new()
    {
        Vision = Tower(width: 128, heads: 2),
        Text = Tower(width: 64, heads: 1),
        ImageSize = 32,
        PatchSize = 8,
        VocabularySize = 683,
        ContextLength = 20,
        EmbeddingSize = 64,
    };

    private static TowerConfig Tower(int width, int heads) => new()
    {
        Width = width,
        Depth = 3,
        Heads = heads,
        MlpWidth = 4 * width,
        Activation = ClipActivation.QuickGelu,
        LayerNormEpsilon = 1e-5,
    };
}

/// <summary>Images of noise.</summary>
internal sealed class NoiseSplit(int count, int classes) : IImageSplit
{
    public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(0, count).Select(i => i % classes)];

    public RgbImage Load(int index)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, 1, index);
        var pixels = new byte[32 * 32 * 3];
        foreach (ref var value in pixels.AsSpan()) value = (byte)random.NextInt(256);
        return new RgbImage(32, 32, pixels);
    }
}

/// <summary>Ten tokens a text: the common start of "a photo of a", then a class's own.</summary>
internal sealed class FixedLengthTokenizer : ITokenizer
{
    public int[] Encode(string text)
    {
        var own = 300 + (text.Sum(c => c) % 300);
        return [681, 10, 11, 12, 10, own, own + 1, own + 2, 13, 682];
    }
}

/// <summary>Bytes to [-1, 1].</summary>
internal sealed class ScalePreprocessor : IImagePreprocessor
{
    public int Size => 32;

    public void Prepare(RgbImage image, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++) destination[i] = (image.Pixels[i] / 127.5f) - 1;
    }

    public void PrepareAugmented(RgbImage image, int seed, int epoch, int index, Span<float> destination) => Prepare(image, destination);
}
