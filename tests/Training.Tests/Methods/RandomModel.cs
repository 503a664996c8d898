using AdaptCluster.Bench;
using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Random;
using AdaptCluster.Training.Tests.Data;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>A random CLIP of a few thousand weights with random texts and images, for the trainer and for the plain path in two precisions.</summary>
internal sealed class RandomModel : IDisposable
{
    private const int Words = 28;

    private readonly ScratchFolder _folder = new();
    private CounterRandom _random;

    private static readonly Gen<TowerConfig> _tower = Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[4, 40], Gen.Enum<ClipActivation>()).Select(
        (depth, heads, headWidth, mlp, activation) => new TowerConfig
        {
            Width = heads * 4 * headWidth,
            Depth = depth,
            Heads = heads,
            MlpWidth = mlp,
            Activation = activation,
            LayerNormEpsilon = 1e-5,
        });

    /// <summary>Sizes of models, from one block and one patch on.</summary>
    internal static Gen<ClipConfig> Sizes { get; } = Gen.Select(_tower, _tower, Gen.Int[1, 3], Gen.Int[8, 16], Gen.Int[2, 20]).Select(
        (vision, text, patches, context, embedding) => new ClipConfig
        {
            Vision = vision,
            Text = text,
            ImageSize = 4 * patches,
            PatchSize = 4,
            VocabularySize = Words + 2,
            ContextLength = context,
            EmbeddingSize = embedding,
        });

    /// <summary>Draws everything from a seed.</summary>
    /// <param name="config">The size.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="classes">Texts.</param>
    /// <param name="batch">Images.</param>
    internal RandomModel(ClipConfig config, int seed, int classes, int batch)
    {
        Config = config;
        using (var random = ClipModel.CreateRandom(config, seed)) random.Save(_folder.Root);
        Model = ClipModel.Load(_folder.Root, torch.CPU);
        PlainClip In(torch.ScalarType type) =>
            new(config, ClipWeights.Load(_folder.Root, config).ToDictionary(tensor => tensor.Key, tensor => tensor.Value.to_type(type)));
        (Exact, Plain) = (In(torch.ScalarType.Float64), In(torch.ScalarType.Float32));
        _random = new CounterRandom(RandomPurpose.Drawing, seed, 1);
        // At least one token in front of the name and one of the name itself.
        Before = 1 + _random.NextInt(Math.Min(4, config.ContextLength - 4));
        Texts = DrawTexts(classes, moreNames: 3);
        Teacher = DrawTexts(classes, moreNames: 3);
        Pixels = Normal(1, batch, 3, config.ImageSize, config.ImageSize);
        Labels = torch.tensor(Enumerable.Range(0, batch).Select(_ => (long)_random.NextInt(classes)).ToArray());
    }

    internal ClipConfig Config { get; }

    internal ClipModel Model { get; }

    /// <summary>The plain path in float64.</summary>
    internal PlainClip Exact { get; }

    /// <summary>The plain path in float32.</summary>
    internal PlainClip Plain { get; }

    /// <summary>Tokens between the start and the names of <see cref="Texts"/>, the same in all of them.</summary>
    internal int Before { get; }

    /// <summary>Texts of different lengths.</summary>
    internal List<int[]> Texts { get; }

    /// <summary>Other texts of the same classes.</summary>
    internal List<int[]> Teacher { get; }

    internal torch.Tensor Pixels { get; }

    internal torch.Tensor Labels { get; }

    /// <summary>The plain losses on the texts and images.</summary>
    internal PlainMethods For(PlainClip clip) => new(clip, clip.Pad(Texts), Pixels.to_type(clip.Scale.dtype), Labels);

    /// <summary>Values from N(0, deviation²).</summary>
    internal torch.Tensor Normal(double deviation, params long[] shape)
    {
        var values = new float[shape.Aggregate(1L, (a, b) => a * b)];
        foreach (ref var value in values.AsSpan()) value = (float)(deviation * _random.NextNormal());
        return torch.tensor(values, shape);
    }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }

    private List<int[]> DrawTexts(int classes, int moreNames) =>
    [
        .. Enumerable.Range(0, classes).Select(_ =>
        {
            var name = 1 + _random.NextInt(Math.Min(moreNames, Config.ContextLength - 3 - Before));
            return (int[])[Words, .. Enumerable.Range(1, Before), .. Enumerable.Range(0, name).Select(_ => _random.NextInt(Words)), Words + 1];
        }),
    ];
}
