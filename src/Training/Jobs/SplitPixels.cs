using AdaptCluster.Training.Data;
using AdaptCluster.Training.Data.Caching;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// Provides the pixels of a split's images as bytes. Images without augmentation are cached. For randomly cropped and flipped images, the
/// decoded images are cached while there is space. Other threads can prepare batches ahead. The pixels depend only on the arguments, not on
/// when they are prepared.
/// </summary>
internal sealed class SplitPixels : IDisposable
{
    private const long MaxDecodedBytes = 512L << 20;

    /// <summary>
    /// The maximum size, in bytes, of the batches prepared ahead. A limit is needed because a lane that ends early leaves its prepared
    /// batches unused.
    /// </summary>
    private const long MaxAheadBytes = 256L << 20;

    private readonly IImagePreprocessor _preprocessor;
    private readonly IImageSplit _split;
    private readonly CachedSplit _kept;
    private readonly RgbImage?[] _decoded;
    private readonly List<(Crop? Crop, PreparedImages Images)> _ahead = [];
    private CancellationTokenSource _cancellation = new();
    private long _decodedBytes, _aheadBytes;

    /// <summary>Initializes the provider for a split.</summary>
    /// <param name="preprocessor">The image preprocessor.</param>
    /// <param name="split">The images.</param>
    /// <param name="kept">The cache of images without augmentation.</param>
    internal SplitPixels(IImagePreprocessor preprocessor, IImageSplit split, ImageCache kept)
    {
        (_preprocessor, _split, _kept) = (preprocessor, split, kept.Open(split, preprocessor));
        _decoded = new RgbImage?[split.Labels.Count];
    }

    /// <summary>The size of one image in bytes.</summary>
    internal int ImageBytes => _preprocessor.ByteCount();

    /// <summary>Returns a reader of images without augmentation, which other threads prepare ahead.</summary>
    /// <param name="batches">The positions of each batch's images in the split.</param>
    /// <param name="cancellation">The token that is checked before each image.</param>
    internal PixelReader Read(IEnumerable<int[]> batches, CancellationToken cancellation) =>
        new(ImageThreads.Shared, batches, ImageBytes, _kept.Read, cancellation);

    /// <summary>Starts to prepare a batch on other threads, unless it has already been started.</summary>
    /// <param name="indices">The images' positions in the split.</param>
    /// <param name="crop">The random crop and flip; null for images without augmentation.</param>
    internal void Ahead(ReadOnlySpan<int> indices, Crop? crop)
    {
        if (Find(indices, crop) >= 0) return;
        var pixels = new byte[indices.Length * ImageBytes];
        while (_ahead.Count > 0 && _aheadBytes + pixels.Length > MaxAheadBytes) TakeAt(0);
        _aheadBytes += pixels.Length;
        _ahead.Add((crop, new PreparedImages(
            ImageThreads.Shared, indices.ToArray(), pixels, ImageBytes, Preparation(crop), _cancellation.Token)));
    }

    /// <summary>Returns the pixels of a batch. If they were not prepared ahead, this thread prepares them now.</summary>
    /// <param name="indices">The images' positions in the split.</param>
    /// <param name="crop">The random crop and flip; null for images without augmentation.</param>
    /// <returns>The pixels, images × 3 × size × size bytes.</returns>
    internal byte[] Take(ReadOnlySpan<int> indices, Crop? crop)
    {
        if (Find(indices, crop) is >= 0 and var found) return TakeAt(found).Wait();
        var pixels = new byte[indices.Length * ImageBytes];
        var prepare = Preparation(crop);
        for (var i = 0; i < indices.Length; i++) prepare(indices[i], pixels.AsSpan(i * ImageBytes, ImageBytes));
        return pixels;
    }

    /// <summary>Discards all batches that were prepared ahead, and waits until no thread is working on them.</summary>
    internal void DropAhead()
    {
        _cancellation.Cancel();
        while (_ahead.Count > 0) TakeAt(_ahead.Count - 1);
        _cancellation.Dispose();
        _cancellation = new();
    }

    public void Dispose()
    {
        DropAhead();
        _cancellation.Dispose();
        _kept.Dispose();
    }

    private PreparedImages TakeAt(int place)
    {
        var images = _ahead[place].Images;
        _ahead.RemoveAt(place);
        _aheadBytes -= images.End().Length;
        return images;
    }

    private int Find(ReadOnlySpan<int> indices, Crop? crop)
    {
        for (var i = 0; i < _ahead.Count; i++)
            if (_ahead[i].Crop == crop && indices.SequenceEqual(_ahead[i].Images.Indices)) return i;
        return -1;
    }

    private PreparedImages.Preparation Preparation(Crop? crop) => crop is { } random
        ? (index, pixels) => _preprocessor.Augment(Decoded(index), random.Seed, random.Epoch, index, pixels)
        : _kept.Read;

    private RgbImage Decoded(int index)
    {
        if (Volatile.Read(ref _decoded[index]) is { } known) return known;
        var image = _split.Load(index);
        if (Interlocked.Add(ref _decodedBytes, image.Pixels.LongLength) <= MaxDecodedBytes) Volatile.Write(ref _decoded[index], image);
        else Interlocked.Add(ref _decodedBytes, -image.Pixels.LongLength);
        return image;
    }
}

/// <summary>The seed and epoch that, together with an image's position, determine its random crop and flip.</summary>
/// <param name="Seed">The job's seed.</param>
/// <param name="Epoch">The epoch, counted from 1.</param>
internal readonly record struct Crop(int Seed, int Epoch);
