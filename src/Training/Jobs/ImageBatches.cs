using AdaptCluster.Training.Clip;
using AdaptCluster.Training.Data;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The images of one split as the towers' first block reads them, embedded. What is the same each time is computed once and kept while it
/// is small.
/// </summary>
internal sealed class ImageBatches : IDisposable
{
    private const long MaxKeptBytes = 256L << 20;
    private readonly ClipModel _model;
    private readonly IImagePreprocessor _preprocessor;
    private readonly IImageSplit _split;
    private readonly torch.Tensor?[]? _kept;
    private readonly torch.Tensor?[] _features;
    private bool _checked;

    /// <summary>Wraps a split.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="preprocessor">What prepares an image.</param>
    /// <param name="split">The images.</param>
    internal ImageBatches(ClipModel model, IImagePreprocessor preprocessor, IImageSplit split)
    {
        (_model, _preprocessor, _split) = (model, preprocessor, split);
        var bytes = (long)split.Labels.Count * model.Config.ImageTokens * model.Config.Vision.Width * sizeof(float);
        _features = new torch.Tensor?[split.Labels.Count];
        if (bytes <= MaxKeptBytes) _kept = new torch.Tensor?[split.Labels.Count];
    }

    /// <summary>Images.</summary>
    internal int Count => _split.Labels.Count;

    /// <summary>Labels of some images.</summary>
    /// <returns>[B], int64.</returns>
    internal torch.Tensor Labels(ReadOnlySpan<int> indices)
    {
        var labels = new long[indices.Length];
        for (var i = 0; i < labels.Length; i++) labels[i] = _split.Labels[indices[i]];
        return torch.tensor(labels, device: _model.Device);
    }

    /// <summary>Images prepared as for a test.</summary>
    /// <returns>[B, image tokens, width].</returns>
    internal torch.Tensor Plain(ReadOnlySpan<int> indices)
    {
        if (_kept is null) return Embed(indices, (image, _, pixels) => _preprocessor.Prepare(image, pixels));
        using var scope = torch.NewDisposeScope();
        var images = new torch.Tensor[indices.Length];
        for (var i = 0; i < images.Length; i++) images[i] = _kept[indices[i]] ??= Single(indices[i]);
        return torch.cat(images, 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Features of images prepared as for a test, by the tower as it is: for methods whose images nothing trained reaches. They are small, so they are
    /// computed once.
    /// </summary>
    /// <returns>[B, embedding size], not normalised, without gradients.</returns>
    internal torch.Tensor Features(ReadOnlySpan<int> indices)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var images = new torch.Tensor[indices.Length];
        for (var i = 0; i < images.Length; i++)
            images[i] = _features[indices[i]] ??= _model.EncodeEmbeddedImages(Plain([indices[i]])).DetachFromDisposeScope();
        return torch.cat(images, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Images cropped and flipped at random.</summary>
    /// <param name="indices">Positions in the split.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="epoch">From 1.</param>
    /// <returns>[B, image tokens, width].</returns>
    internal torch.Tensor Augmented(ReadOnlySpan<int> indices, int seed, int epoch) =>
        Embed(indices, (image, index, pixels) => _preprocessor.PrepareAugmented(image, seed, epoch, index, pixels));

    /// <summary>
    /// Finds images that cannot be read, before hours of training that end with them: all are embedded where they are kept, for they are
    /// needed anyway, and looked at where they are not.
    /// </summary>
    /// <param name="cancellation">Looked at before each image.</param>
    /// <exception cref="Contracts.InvalidInputException">An image cannot be read; it is named.</exception>
    internal void Check(CancellationToken cancellation)
    {
        if (_checked) return;
        for (var index = 0; index < Count; index++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (_kept is null) _split.Check(index);
            else _kept[index] ??= Single(index);
        }
        _checked = true;
    }

    public void Dispose()
    {
        foreach (var image in _kept ?? []) image?.Dispose();
        foreach (var features in _features) features?.Dispose();
    }

    private torch.Tensor Single(int index) =>
        Embed([index], (image, _, pixels) => _preprocessor.Prepare(image, pixels)).DetachFromDisposeScope();

    private torch.Tensor Embed(ReadOnlySpan<int> indices, Preparation prepare)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var size = _model.Config.ImageSize;
        var pixels = torch.empty(indices.Length, 3, size, size);
        var length = 3 * size * size;
        var values = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(pixels.bytes);
        for (var i = 0; i < indices.Length; i++) prepare(_split.Load(indices[i]), indices[i], values.Slice(i * length, length));
        return _model.EmbedImages(pixels.to(_model.Device)).MoveToOuterDisposeScope();
    }

    private delegate void Preparation(RgbImage image, int index, Span<float> pixels);
}
