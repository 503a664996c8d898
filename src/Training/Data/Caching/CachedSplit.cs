using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data.Caching;

/// <summary>The images of a split, prepared for evaluation and cached. Thread-safe until it is disposed.</summary>
/// <param name="kept">The cache.</param>
/// <param name="split">The split.</param>
/// <param name="preprocessor">The preprocessor that resizes the images.</param>
internal sealed class CachedSplit(ImageCache kept, IImageSplit split, IImagePreprocessor preprocessor) : IDisposable
{
    private readonly CachedImage?[] _held = new CachedImage?[split.Labels.Count];

    /// <summary>Reads the pixels of an image. The image is decoded and resized only if it is not cached or its file has changed.</summary>
    /// <param name="index">The position of the image in the split.</param>
    /// <param name="pixels">Receives the pixels: 3 × size × size bytes.</param>
    /// <exception cref="Contracts.InvalidInputException">The image cannot be read; the message names it.</exception>
    internal void Read(int index, Span<byte> pixels)
    {
        if (split.Identity(index) is not { } identity)
        {
            preprocessor.Resize(split.Load(index), pixels);
            return;
        }
        var image = Hold(index, new ImageKey(identity, preprocessor.Geometry));
        lock (image.Gate)
        {
            if (image.Memory is { } known)
            {
                known.CopyTo(pixels);
                return;
            }
            if (image.File is { } file)
            {
                if (file.TryRead(image.Place, image.Number, pixels)) return;
                kept.Lose(image, file);
            }
            preprocessor.Resize(split.Load(index), pixels);
            // The file may have been replaced during the read.
            if (identity.Equals(split.Identity(index))) kept.Keep(image, pixels);
        }
    }

    public void Dispose()
    {
        foreach (ref var image in _held.AsSpan())
            if (Interlocked.Exchange(ref image, null) is { } held) kept.Release(held);
    }

    private CachedImage Hold(int index, ImageKey key)
    {
        if (Volatile.Read(ref _held[index]) is { } held && held.Key == key) return held;
        var image = kept.Hold(key);
        // This entry was added by another thread, or belongs to an earlier version of the image file.
        if (Interlocked.Exchange(ref _held[index], image) is { } other) kept.Release(other);
        return image;
    }
}
