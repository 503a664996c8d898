using AdaptCluster.Reference;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods;

/// <summary>A random CLIP of a few thousand weights, for the trainer and for the plain path in two precisions.</summary>
internal class BothPaths : IDisposable
{
    /// <summary>Tokens of the vocabulary without start and end, which come behind them.</summary>
    internal const int Words = 28;

    private static readonly Gen<TowerConfig> _tower =
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[4, 40], Gen.Enum<ClipActivation>()).Select(
        (depth, heads, headWidth, mlp, activation) => new TowerConfig
        {
            // At least eight, for the layer norms too: see SizesWith.
            Width = heads * 4 * Math.Max(headWidth, heads == 1 ? 2 : 1),
            Depth = depth,
            Heads = heads,
            MlpWidth = mlp,
            Activation = activation,
            LayerNormEpsilon = 1e-5,
        });

    private readonly ScratchFolder _folder = new();

    /// <summary>Makes the model.</summary>
    /// <param name="config">The size.</param>
    /// <param name="seed">Seed of its weights.</param>
    internal BothPaths(ClipConfig config, int seed)
    {
        using (var random = ClipModel.CreateRandom(config, seed)) random.Save(_folder.Root);
        Model = ClipModel.Load(_folder.Root, torch.CPU);
        PlainClip In(torch.ScalarType type) =>
            new(config, ClipWeights.Load(_folder.Root, config).ToDictionary(tensor => tensor.Key, tensor => tensor.Value.to_type(type)));
        (Exact, Plain) = (In(torch.ScalarType.Float64), In(torch.ScalarType.Float32));
    }

    internal ClipModel Model { get; }

    /// <summary>The plain path in float64.</summary>
    internal PlainClip Exact { get; }

    /// <summary>The plain path in float32.</summary>
    internal PlainClip Plain { get; }

    /// <summary>
    /// Sizes of models, from one block and one patch on. Embeddings and towers have at least eight entries: of two to four the random norm
    /// or variance is often next to zero, and the division by it makes any float32 result noise, by a factor that no tolerance can foresee.
    /// </summary>
    /// <param name="context">Lengths of the text tower's context.</param>
    internal static Gen<ClipConfig> SizesWith(Gen<int> context) =>
        Gen.Select(_tower, _tower, Gen.Int[1, 3], context, Gen.Int[8, 20]).Select(
        (vision, text, patches, length, embedding) => new ClipConfig
        {
            Vision = vision,
            Text = text,
            ImageSize = 4 * patches,
            PatchSize = 4,
            VocabularySize = Words + 2,
            ContextLength = length,
            EmbeddingSize = embedding,
        });

    public virtual void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
