using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Jobs;
using AdaptCluster.Training.Tokenization;

namespace AdaptCluster.Training.Tests.Jobs;

/// <summary>A job small enough to run in a blink: 3 classes of tinted noise, 4 shots, 6 epochs of 3 iterations.</summary>
internal static class NoiseJob
{
    internal static JobDefinition Definition { get; } = new()
    {
        Method = MethodNames.Adapt,
        Backbone = "small",
        Dataset = new DatasetSource { Name = "noise", Format = "drawn" },
        Shots = 4,
        Seed = 2,
        Scorer = Scorer.Snip,
        TTarget = 5,
        Train = new TrainSettings
        {
            Epochs = 6,
            BatchSize = 4,
            LearningRate = 0.01,
            LearningRateWarmupEpochs = 1,
            Adapt = new AdaptSettings { MaxContextLength = 3, PromptDepth = 12, PruneWarmupEpochs = 1, PrunePeriod = 4, PruneRate = 4 },
        },
    };

    internal static JobRunner Runner(IBackbone model, Func<int, RgbImage>? load = null,
        Action<int>? onDecoded = null, bool augment = true, MethodCatalog? methods = null, ImageCache? images = null)
    {
        load ??= Noise;
        var test = new Split(30, 200, load);
        return new(model, new WordTokenizer(), new BytePreprocessor(load, augment), job =>
            Data(job.Dataset.Template, load, test, onDecoded), methods, images);
    }

    /// <summary>Runs a job until an iteration of this run is done.</summary>
    /// <returns>The epochs that ended, and the state; null when there is none.</returns>
    internal static (List<EpochReport> Reports, byte[]? Checkpoint) Interrupt(
        IBackbone model, JobDefinition job, byte[]? checkpoint, int iterations, MethodCatalog? methods = null)
    {
        using var source = new CancellationTokenSource();
        var images = 0;
        RgbImage Load(int index)
        {
            // Each iteration loads its training images afresh; those of the other splits have higher numbers.
            if (index < 100 && ++images == iterations * job.Train!.BatchSize) source.Cancel();
            return Noise(index);
        }
        if (iterations == 0) source.Cancel();
        using var runner = Runner(model, Load, methods: methods);
        var reports = new List<EpochReport>();
        var error = Assert.ThrowsAny<OperationCanceledException>(() => runner.Run(job, checkpoint, reports.Add, source.Token));
        return (reports, (error as JobInterruptedException)?.Checkpoint);
    }

    private static FewShotData Data(string? template, Func<int, RgbImage> load, IImageSplit test, Action<int>? onDecoded) => new()
    {
        ClassNames = ["red", "green", "blue"],
        Template = template ?? "a photo of a {}.",
        Train = new Split(12, 0, index =>
        {
            onDecoded?.Invoke(index);
            return Noise(index);
        }),
        Validation = new Split(6, 100, load),
        Test = test,
    };

    internal static RgbImage Noise(int index)
    {
        var random = new CounterRandom(RandomPurpose.Drawing, 1, index);
        var pixels = new byte[8 * 8 * 3];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(random.NextInt(128) + (i % 3 == index % 3 ? 127 : 0));
        return new RgbImage(8, 8, pixels);
    }

    private sealed class Split(int count, int offset, Func<int, RgbImage> load) : IImageSplit
    {
        public IReadOnlyList<int> Labels { get; } = [.. Enumerable.Range(offset, count).Select(i => i % 3)];

        public RgbImage Load(int index) => load(offset + index);
    }

    private sealed class WordTokenizer : ITokenizer
    {
        public int[] Encode(string text) => [38, .. text.Split(' ').Select(word => 1 + (word.Sum(c => c) % 37)), 39];
    }

    private sealed class BytePreprocessor(Func<int, RgbImage> load, bool augment) : IImagePreprocessor
    {
        public int Size => 8;

        public PixelValues Values { get; } = new((_, value) => (value / 127.5f) - 1);

        public void Resize(RgbImage image, Span<byte> pixels)
        {
            for (var i = 0; i < 64; i++)
            {
                for (var channel = 0; channel < 3; channel++) pixels[(channel * 64) + i] = image.Pixels[(i * 3) + channel];
            }
        }

        public void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels)
        {
            // Decoded images are kept, so this is where a test sees each use of one.
            Resize(load(index), pixels);
            if (!augment) return;
            var random = new CounterRandom(RandomPurpose.Augmentation, seed, epoch, index);
            foreach (ref var value in pixels) value = (byte)Math.Clamp(value + random.NextUniform(-13, 13), 0, 255);
        }
    }
}
