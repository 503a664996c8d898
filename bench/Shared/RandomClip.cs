using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tokenization;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>Frozen CLIPs of random weights.</summary>
internal static class RandomClip
{
    /// <summary>A size by name: tiny (that of tiny-clip), vit-b16 or vit-l14.</summary>
    internal static ClipConfig Of(string name) => name switch
    {
        "tiny" => Config(32, 8, 683, 20, 64, Tower(128, 3, 2), Tower(64, 3, 1)),
        "vit-b16" => Config(224, 16, 49408, 77, 512, Tower(768, 12, 12), Tower(512, 12, 8)),
        "vit-l14" => Config(224, 14, 49408, 77, 768, Tower(1024, 24, 16), Tower(768, 12, 12)),
        _ => throw new ArgumentException($"found '{name}'; write tiny, vit-b16 or vit-l14.", nameof(name)),
    };

    /// <summary>Makes a model, and loads it as a user's would be.</summary>
    /// <param name="config">The size.</param>
    /// <param name="device">Where it goes.</param>
    /// <param name="onSaved">Hears of the folder before it is deleted.</param>
    internal static ClipModel Load(ClipConfig config, torch.Device device, Action<string>? onSaved = null)
    {
        var folder = Directory.CreateTempSubdirectory("adaptcluster-bench-").FullName;
        try
        {
            using (var random = ClipModel.CreateRandom(config, seed: 1)) random.Save(folder);
            onSaved?.Invoke(folder);
            return ClipModel.Load(folder, device);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static ClipConfig Config(int image, int patch, int vocabulary, int context, int embedding, TowerConfig vision,
        TowerConfig text) => new()
        {
            Vision = vision,
            Text = text,
            ImageSize = image,
            PatchSize = patch,
            VocabularySize = vocabulary,
            ContextLength = context,
            EmbeddingSize = embedding,
        };

    private static TowerConfig Tower(int width, int depth, int heads) => new()
    {
        Width = width,
        Depth = depth,
        Heads = heads,
        MlpWidth = 4 * width,
        Activation = ClipActivation.QuickGelu,
        LayerNormEpsilon = 1e-5,
    };
}

/// <summary>Images of noise and jobs on them.</summary>
internal static class Noise
{
    /// <summary>Few-shot data whose evaluation costs little.</summary>
    internal static FewShotData Data(int classes, int trainImages, int size) => new()
    {
        ClassNames = [.. Enumerable.Range(0, classes).Select(i => $"class{i}")],
        Template = DatasetSource.DefaultTemplate,
        Train = new NoiseSplit(trainImages, classes, size),
        Validation = new NoiseSplit(1, classes, size),
        Test = new NoiseSplit(1, classes, size),
    };

    /// <summary>A job that keeps all of its context tokens.</summary>
    internal static JobDefinition Job(int epochs, double learningRate = 0.001, int batch = 4) => new()
    {
        Method = MethodNames.Adapt,
        Backbone = "bench",
        Dataset = new DatasetSource { Name = "noise", Format = "drawn" },
        Shots = 16,
        Seed = 1,
        Scorer = Scorer.Snip,
        TTarget = 0,
        Train = new TrainSettings
        {
            Epochs = epochs,
            BatchSize = batch,
            LearningRate = learningRate,
            LearningRateWarmupEpochs = 0,
            Augmentation = Augmentation.None,
            Adapt = new AdaptSettings { PruneWarmupEpochs = epochs },
        },
    };
}

/// <summary>Images of noise.</summary>
internal sealed class NoiseSplit(int count, int classes, int size) : IImageSplit
{
    public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(0, count).Select(i => i % classes)];

    public RgbImage Load(int index)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, 1, index);
        var pixels = new byte[size * size * 3];
        foreach (ref var value in pixels.AsSpan()) value = (byte)random.NextInt(256);
        return new RgbImage(size, size, pixels);
    }
}

/// <summary>
/// The common start of "a photo of a", then one to four tokens of a class, a full stop and the end, as class names have them.
/// </summary>
internal sealed class WordLengthTokenizer(ClipConfig config) : ITokenizer
{
    public int[] Encode(string text)
    {
        var own = text.Sum(c => c);
        var last = config.VocabularySize - 1;
        return [last - 1, 10, 11, 12, 10, .. Enumerable.Range(0, 1 + (own % 4)).Select(i => 20 + ((own + (31 * i)) % 600)), 13, last];
    }
}

/// <summary>Bytes to [-1, 1].</summary>
internal sealed class ScalePreprocessor(int size) : IImagePreprocessor
{
    public int Size => size;

    public PixelValues Values { get; } = new((_, value) => (value / 127.5f) - 1);

    public object Geometry => (nameof(ScalePreprocessor), size);

    public void Resize(RgbImage image, Span<byte> pixels) => image.Pixels.CopyTo(pixels);

    public void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels) => Resize(image, pixels);
}

/// <summary>Takes the time of a job's second epoch, its share of the steps.</summary>
internal sealed class Lap(JobDefinition job) : Listener(job)
{
    public TimeSpan SecondEpoch { get; private set; }

    /// <summary>Context tokens of both towers that were left at its end.</summary>
    public int Tokens { get; private set; }

    public override void Epoch(EpochReport report) =>
        (SecondEpoch, Tokens) = (report.Duration, report.ImageContextTokens + report.TextContextTokens);
}

/// <summary>Hears a job's epochs; one that fails ends the benchmark.</summary>
internal class Listener(JobDefinition job, Action<EpochReport>? onEpoch = null) : IJobEvents
{
    public JobDefinition Job => job;

    public CancellationToken Cancellation => CancellationToken.None;

    public bool Begin() => true;

    public virtual void Epoch(EpochReport report) => onEpoch?.Invoke(report);

    public void Complete(JobResult result)
    {
        // The evaluation is not measured.
    }

    public void Fail(Exception error) => throw new InvalidOperationException("The benchmark's job failed.", error);

    public void Return(byte[]? checkpoint) => throw new InvalidOperationException("The benchmark's job was returned.");
}
