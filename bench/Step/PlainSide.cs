using AdaptCluster.Reference;
using TorchSharp;
using static TorchSharp.torch.nn.functional;

namespace AdaptCluster.Bench;

/// <summary>The plain path's parts of a step.</summary>
internal sealed class PlainSide(PlainClip plain, int[][] texts, torch.Tensor pixels, torch.Tensor imagePrompts, torch.Tensor textPrompts)
    : IDisposable
{
    private readonly torch.Tensor _ids = plain.Pad(texts);

    private readonly torch.Tensor _labels = torch.tensor(
        Enumerable.Range(0, (int)pixels.shape[0]).Select(i => (long)(i % texts.Length)).ToArray(), device: pixels.device);
    private readonly torch.Tensor _imageMask = torch.ones(
        imagePrompts.shape[0], imagePrompts.shape[1], dtype: torch.ScalarType.Bool, device: pixels.device);
    private readonly torch.Tensor _textMask = torch.ones(
        textPrompts.shape[0], textPrompts.shape[1], dtype: torch.ScalarType.Bool, device: pixels.device);

    internal void Step()
    {
        var logits = plain.Logits(plain.EncodeImages(pixels, imagePrompts, _imageMask), plain.EncodeTexts(_ids, textPrompts, _textMask));
        cross_entropy(logits, _labels).backward();
    }

    internal void Images() => plain.EncodeImages(pixels, imagePrompts, _imageMask).sum().backward();

    /// <summary>All texts, some after others where they are many: as much arithmetic, and only the graph is shorter.</summary>
    internal void Texts(int atOnce)
    {
        foreach (var chunk in _ids.split(atOnce, 0))
        {
            using var scope = torch.NewDisposeScope();
            plain.EncodeTexts(chunk, textPrompts, _textMask).sum().backward();
        }
    }

    public void Dispose()
    {
        foreach (var tensor in (torch.Tensor[])[_ids, _labels, _imageMask, _textMask]) tensor.Dispose();
    }
}
