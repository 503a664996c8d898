using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Backbones.Clip;

/// <summary>A frozen CLIP of a few thousand weights, saved and loaded again as a user's would be.</summary>
public sealed class SmallClip : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public SmallClip()
    {
        torch.set_num_threads(1);
        using (var random = ClipModel.CreateRandom(Config, seed: 3)) random.Save(_folder.Root);
        Model = ClipModel.Load(_folder.Root, torch.CPU);
    }

    public static ClipConfig Config { get; } = new()
    {
        Vision = new() { Width = 32, Depth = 2, Heads = 2, MlpWidth = 64, Activation = ClipActivation.QuickGelu, LayerNormEpsilon = 1e-5 },
        Text = new() { Width = 16, Depth = 3, Heads = 1, MlpWidth = 48, Activation = ClipActivation.Gelu, LayerNormEpsilon = 1e-6 },
        ImageSize = 8,
        PatchSize = 4,
        VocabularySize = 40,
        ContextLength = 12,
        EmbeddingSize = 24,
    };

    public string Folder => _folder.Root;

    public ClipModel Model { get; }

    public void Dispose()
    {
        Model.Dispose();
        _folder.Dispose();
    }
}
