using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Training.Backbones;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The images in one split, embedded as input for the image tower's first block. Embeddings of images without augmentation are cached if
/// the split is small enough.
/// </summary>
internal sealed class ImageBatches : IDisposable
{
    /// <summary>The number of images to prepare together when images are checked or embedded one by one.</summary>
    private const int AtATime = 32;

    private readonly IBackbone _model;
    private readonly IImageSplit _split;
    private readonly SplitPixels _pixels;
    private readonly PixelTensors _tensors;
    private readonly torch.Tensor?[]? _kept;
    private readonly torch.Tensor?[] _features;
    private bool _checked;
    private string? _manifest;

    /// <summary>Initializes the batches for a split.</summary>
    /// <param name="model">The backbone.</param>
    /// <param name="preprocessor">The image preprocessor.</param>
    /// <param name="split">The images.</param>
    /// <param name="pixels">The cache of prepared pixels.</param>
    internal ImageBatches(IBackbone model, IImagePreprocessor preprocessor, IImageSplit split, ImageCache pixels)
    {
        (_model, _split, _pixels) = (model, split, new SplitPixels(preprocessor, split, pixels));
        _tensors = new PixelTensors(preprocessor, model.Device);
        var bytes = (long)split.Labels.Count * model.Shape.ImageTokens * model.Shape.Vision.Width * sizeof(float);
        _features = new torch.Tensor?[split.Labels.Count];
        if (bytes <= pixels.EmbeddedBytes) _kept = new torch.Tensor?[split.Labels.Count];
    }

    /// <summary>The number of images.</summary>
    internal int Count => _split.Labels.Count;

    /// <summary>The class of each image.</summary>
    internal IReadOnlyList<int> AllLabels => _split.Labels;

    /// <summary>Returns the split's manifest hash. It is computed only once because many jobs share a test split.</summary>
    /// <param name="classNames">The class names of the data set.</param>
    internal string Manifest(IReadOnlyList<string> classNames) =>
        _manifest ??= SplitPredictions.ManifestOf(classNames, _split.Labels, _split.Name);

    /// <summary>Returns the labels of the given images.</summary>
    /// <returns>The labels, [B], int64.</returns>
    internal torch.Tensor Labels(ReadOnlySpan<int> indices)
    {
        var labels = new long[indices.Length];
        for (var i = 0; i < labels.Length; i++) labels[i] = _split.Labels[indices[i]];
        return NativeTensors.Upload(torch.tensor(labels), _model.Device);
    }

    /// <summary>
    /// Returns a reader of all images, in order and without augmentation. Other threads prepare the pixels of the next batches.
    /// </summary>
    /// <param name="batch">The number of images per batch.</param>
    internal Reader Read(int batch) => new(this, batch);

    /// <summary>Returns the given images without augmentation.</summary>
    /// <returns>The embedded images, [B, image tokens, width].</returns>
    internal torch.Tensor Plain(ReadOnlySpan<int> indices)
    {
        if (_kept is null) return Embed(_pixels.Take(indices, crop: null), indices.Length);
        Keep(indices.ToArray(), () => { }, CancellationToken.None);
        using var scope = torch.NewDisposeScope();
        var images = new torch.Tensor[indices.Length];
        for (var i = 0; i < images.Length; i++) images[i] = _kept[indices[i]]!;
        return torch.cat(images, 0).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Returns the frozen tower's features for the given images, without augmentation, for methods that train nothing in the image tower.
    /// The features are small, so they are cached.
    /// </summary>
    /// <returns>The features, [B, embedding size], not normalised, without gradients.</returns>
    internal torch.Tensor Features(ReadOnlySpan<int> indices)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        var images = new torch.Tensor[indices.Length];
        for (var i = 0; i < images.Length; i++)
            images[i] = _features[indices[i]] ??= _model.EncodeEmbeddedImages(Plain([indices[i]])).DetachFromDisposeScope();
        return torch.cat(images, 0).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the given images, randomly cropped and flipped.</summary>
    /// <param name="indices">The images' positions in the split.</param>
    /// <param name="seed">The job's seed.</param>
    /// <param name="epoch">The epoch, counted from 1.</param>
    /// <returns>The embedded images, [B, image tokens, width].</returns>
    internal torch.Tensor Augmented(ReadOnlySpan<int> indices, int seed, int epoch) =>
        Embed(_pixels.Take(indices, new Crop(seed, epoch)), indices.Length);

    /// <summary>Starts to prepare a batch on other threads for a later call to <see cref="Augmented"/> or <see cref="Plain"/>.</summary>
    internal void Ahead(ReadOnlySpan<int> indices, Augmentation augmentation, int seed, int epoch)
    {
        if (augmentation != Augmentation.None) _pixels.Ahead(indices, new Crop(seed, epoch));
        else if (_kept is null) _pixels.Ahead(indices, crop: null);
    }

    /// <summary>Discards batches that were prepared ahead and never requested.</summary>
    internal void DropAhead() => _pixels.DropAhead();

    /// <summary>
    /// Checks that all images can be read, so that an unreadable image does not fail a long training run. If embeddings are cached, all
    /// images are embedded, because the embeddings are needed anyway.
    /// </summary>
    /// <param name="events">The job's event handler, which can cancel the check before each image and is notified after each image.</param>
    /// <exception cref="Contracts.InvalidInputException">An image cannot be read; the message names it.</exception>
    internal void Check(IJobEvents events)
    {
        if (_checked) return;
        int[] all = [.. Enumerable.Range(0, Count)];
        if (_kept is not null) Keep(all, events.Moved, events.Cancellation);
        else Look(all, events);
        _checked = true;
    }

    public void Dispose()
    {
        foreach (var image in _kept ?? []) image?.Dispose();
        foreach (var features in _features) features?.Dispose();
        _pixels.Dispose();
        _tensors.Dispose();
    }

    /// <summary>Embeds the images that are not cached yet, one by one, and caches the embeddings.</summary>
    private void Keep(int[] indices, Action moved, CancellationToken cancellation)
    {
        int[] missing = [.. indices.Where(index => _kept![index] is null).Distinct()];
        if (missing.Length == 0) return;
        using var reader = _pixels.Read(missing.Chunk(AtATime), CancellationToken.None);
        while (reader.Next() is var (batch, pixels))
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < batch.Length; i++)
            {
                _kept![batch[i]] = Embed(pixels.Span.Slice(i * _pixels.ImageBytes, _pixels.ImageBytes), 1).DetachFromDisposeScope();
                moved();
            }
        }
    }

    private void Look(int[] indices, IJobEvents events)
    {
        using var observing = WorkProgress.Observe(events.Moved);
        using var reader = new PixelReader(
            ImageThreads.Shared, indices.Chunk(AtATime), imageBytes: 0, (index, _) => _split.Check(index), events.Cancellation);
        while (reader.Next() is not null)
        {
        }
    }

    private torch.Tensor Embed(ReadOnlySpan<byte> pixels, int images)
    {
        using var scope = torch.NewDisposeScope();
        using var noGradients = torch.no_grad();
        return _model.EmbedImages(_tensors.Of(pixels, images)).MoveToOuterDisposeScope();
    }

    /// <summary>Reads all images of a split in batches.</summary>
    internal sealed class Reader : IDisposable
    {
        private readonly ImageBatches _images;
        private readonly IEnumerator<int[]> _batches;
        private readonly PixelReader? _pixels;

        internal Reader(ImageBatches images, int batch)
        {
            var batches = Enumerable.Range(0, images.Count).Chunk(batch);
            (_images, _batches) = (images, batches.GetEnumerator());
            if (images._kept is null) _pixels = images._pixels.Read(batches, CancellationToken.None);
        }

        /// <summary>Returns the next batch, in the current dispose scope; null after the last batch.</summary>
        /// <returns>The embedded images, [B, image tokens, width], and the labels, [B], int64.</returns>
        internal (torch.Tensor Embedded, torch.Tensor Labels)? Next()
        {
            if (_pixels is not null)
                return _pixels.Next() is var (indices, pixels)
                    ? (_images.Embed(pixels.Span, indices.Length), _images.Labels(indices)) : null;
            return _batches.MoveNext() ? (_images.Plain(_batches.Current), _images.Labels(_batches.Current)) : null;
        }

        public void Dispose()
        {
            _pixels?.Dispose();
            _batches.Dispose();
        }
    }
}
