using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Backbones.Clip;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Tests.Backbones.Clip;
using AdaptCluster.Training.Tests.Data;
using TorchSharp;

namespace AdaptCluster.Training.Tests;

/// <summary>What takes long before the first iteration tells whoever waits for it that it gets on.</summary>
public sealed class WorkProgressTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SmallClip _clip = new();
    private int _moved;

    public void Dispose()
    {
        _clip.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void The_weights_of_a_backbone_tell_of_each_tensor()
    {
        using (WorkProgress.Observe(() => _moved++)) ClipModel.Load(_clip.Folder, torch.CPU).Dispose();

        Assert.Equal(ClipTensorNames.All(SmallClip.Config).Count(), _moved);
    }

    [Fact]
    public void The_features_of_texts_tell_of_each_block_but_the_last()
    {
        using var scope = torch.NewDisposeScope();
        var texts = _clip.Model.PrepareTexts([[38, 5, 39], [38, 6, 7, 39]]);
        _clip.Model.EncodeTexts(texts);
        Assert.Equal(0, _moved);

        using (WorkProgress.Observe(() => _moved++)) _clip.Model.EncodeTexts(texts);

        Assert.Equal(SmallClip.Config.Text.Depth - 1, _moved);
    }

    [Fact]
    public void The_hash_of_images_tells_of_every_file_from_whatever_thread_reads_it()
    {
        var paths = Enumerable.Range(0, 20).Select(i => _folder.At($"{i}.jpg")).ToArray();
        foreach (var path in paths) File.WriteAllBytes(path, new byte[100]);

        using (WorkProgress.Observe(() => Interlocked.Increment(ref _moved))) ContentHash.OfEach(paths);

        Assert.True(_moved >= paths.Length, $"{_moved}");
    }
}
