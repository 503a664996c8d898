using AdaptCluster.Reference;
using AdaptCluster.Sweeps.Random;
using AdaptCluster.Training.Backbones.Clip;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>Both paths with random texts and images.</summary>
internal sealed class RandomModel : BothPaths
{
    private CounterRandom _random;

    /// <summary>Sizes of models whose context has room for a few tokens in front of a name.</summary>
    internal static Gen<ClipConfig> Sizes { get; } = SizesWith(Gen.Int[8, 16]);

    /// <summary>Draws everything from a seed.</summary>
    /// <param name="config">The size.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="classes">Texts.</param>
    /// <param name="batch">Images.</param>
    internal RandomModel(ClipConfig config, int seed, int classes, int batch) : base(config, seed)
    {
        Config = config;
        _random = new CounterRandom(RandomPurpose.Drawing, seed, 1);
        // At least one token in front of the name and one of the name itself.
        Before = 1 + _random.NextInt(Math.Min(4, config.ContextLength - 4));
        Texts = DrawTexts(classes, moreNames: 3);
        Teacher = DrawTexts(classes, moreNames: 3);
        Pixels = Normal(1, batch, 3, config.ImageSize, config.ImageSize);
        Labels = torch.tensor(Enumerable.Range(0, batch).Select(_ => (long)_random.NextInt(classes)).ToArray());
    }

    internal ClipConfig Config { get; }

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

    private List<int[]> DrawTexts(int classes, int moreNames) =>
    [
        .. Enumerable.Range(0, classes).Select(_ =>
        {
            var name = 1 + _random.NextInt(Math.Min(moreNames, Config.ContextLength - 3 - Before));
            return (int[])[Words, .. Enumerable.Range(1, Before),
                .. Enumerable.Range(0, name).Select(_ => _random.NextInt(Words)), Words + 1];
        }),
    ];
}
