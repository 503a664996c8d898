using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The images of one split as the towers' first block reads them, embedded. What is the same each time is computed once and kept while it
/// is small.
/// </summary>
internal sealed class ImageBatches : IDisposable
{
    private const long MaxKeptBytes = 256L << 20;
    private readonly IBackbone _model;
    private readonly IImagePreprocessor _preprocessor;
    private readonly IImageSplit _split;
    private readonly TrainingPixels _augmented;
    private readonly torch.Tensor?[]? _kept;
    private readonly torch.Tensor?[] _features;
    private bool _checked;

    /// <summary>Wraps a split.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="preprocessor">What prepares an image.</param>
    /// <param name="split">The images.</param>
    internal ImageBatches(IBackbone model, IImagePreprocessor preprocessor, IImageSplit split)
    {
        (_model, _preprocessor, _split, _augmented) = (model, preprocessor, split, new TrainingPixels(preprocessor, split));
        var bytes = (long)split.Labels.Count * model.Shape.ImageTokens * model.Shape.Vision.Width * sizeof(float);
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
        return OwnMemory.Upload(torch.tensor(labels), _model.Device);
    }

    /// <summary>Images prepared as for a test.</summary>
    /// <returns>[B, image tokens, width].</returns>
    internal torch.Tensor Plain(ReadOnlySpan<int> indices)
    {
        if (_kept is null) return Embed(Prepared(indices), indices.Length);
        using var scope = torch.NewDisposeScope();
        var images = new torch.Tensor[indices.Length];
        for (var i = 0; i < images.Length; i++) images[i] = _kept[indices[i]] ??= Single(indices[i]);
        return torch.cat(images, 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Features of images prepared as for a test, by the tower as it is: for methods whose images nothing trained reaches. They are small,
    /// so they are computed once.
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
        Embed(_augmented.Take(indices, seed, epoch), indices.Length);

    /// <summary>Begins, on other threads, what <see cref="Augmented"/> will be asked for.</summary>
    internal void Ahead(ReadOnlySpan<int> indices, int seed, int epoch) => _augmented.Ahead(indices, seed, epoch);

    /// <summary>
    /// Finds images that cannot be read, before hours of training that end with them: all are embedded where they are kept, for they are
    /// needed anyway, and looked at where they are not.
    /// </summary>
    /// <param name="events">Cancels before an image, and hears of each one.</param>
    /// <exception cref="Contracts.InvalidInputException">An image cannot be read; it is named.</exception>
    internal void Check(IJobEvents events)
    {
        if (_checked) return;
        for (var index = 0; index < Count; index++)
        {
            events.Cancellation.ThrowIfCancellationRequested();
            if (_kept is null) _split.Check(index);
            else _kept[index] ??= Single(index);
            events.Moved();
        }
        _checked = true;
    }

    public void Dispose()
    {
        foreach (var image in _kept ?? []) image?.Dispose();
        foreach (var features in _features) features?.Dispose();
    }

    private torch.Tensor Single(int index) =>
        Embed(Prepared([index]), 1).DetachFromDisposeScope();

    private float[] Prepared(ReadOnlySpan<int> indices) =>
        TrainingPixels.Of(_preprocessor.Size, indices, (index, pixels) => _preprocessor.Prepare(_split.Load(index), pixels));

    private torch.Tensor Embed(float[] pixels, int images)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var size = _model.Shape.ImageSize;
        return _model.EmbedImages(OwnMemory.Of(pixels, _model.Device, images, 3, size, size)).MoveToOuterDisposeScope();
    }
}
