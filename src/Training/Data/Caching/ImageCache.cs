using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data.Caching;

/// <summary>
/// A cache of test and validation images, resized for the image tower and stored as bytes, so that only the first job decodes them. Images
/// are kept in memory up to a budget, then in files up to a second budget; further images are not cached. Images of open splits are never
/// evicted. Of the other images, the least recently used are evicted first. All workers of a process share the cache, and an image that
/// several workers request at the same time is decoded only once.
/// </summary>
public sealed class ImageCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ImageCacheOptions _options;
    private readonly Dictionary<ImageKey, CachedImage> _images = [];
    private readonly LinkedList<CachedImage> _unusedInMemory = new(), _unusedInFiles = new();
    private readonly Dictionary<int, ImageCacheFile> _files = [];
    private long _count;
    private bool _noFiles;

    /// <summary>Initializes an empty cache.</summary>
    /// <param name="options">The size limits of the cache.</param>
    public ImageCache(ImageCacheOptions options)
    {
        _options = options;
        _noFiles = options.Folder is null;
    }

    /// <summary>The value of <see cref="ImageCacheOptions.EmbeddedBytes"/>.</summary>
    internal long EmbeddedBytes => _options.EmbeddedBytes;

    /// <summary>The number of bytes cached in memory.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>The size of the cache files in bytes.</summary>
    public long FileBytes { get; private set; }

    /// <summary>The cache files, keyed by the length of their images in bytes.</summary>
    internal IReadOnlyDictionary<int, ImageCacheFile> Files => _files;

    /// <summary>Opens a split. Its images stay in the cache until the returned object is disposed.</summary>
    /// <param name="split">The split.</param>
    /// <param name="preprocessor">The preprocessor that resizes the images.</param>
    internal CachedSplit Open(IImageSplit split, IImagePreprocessor preprocessor) => new(this, split, preprocessor);

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _noFiles = true;
            foreach (var file in _files.Values) file.Dispose();
            _files.Clear();
            FileBytes = 0;
        }
    }

    /// <summary>Returns the cache entry of an image and adds a user to it.</summary>
    internal CachedImage Hold(ImageKey key)
    {
        lock (_gate)
        {
            if (!_images.TryGetValue(key, out var image)) _images.Add(key, image = new CachedImage(key, ++_count));
            image.Users++;
            image.Unused?.List?.Remove(image.Unused);
            return image;
        }
    }

    /// <summary>Removes a user from a cache entry.</summary>
    internal void Release(CachedImage image)
    {
        lock (_gate)
        {
            if (--image.Users > 0) return;
            if (image.Memory is not null) image.Unused = _unusedInMemory.AddLast(image);
            else if (image.File is not null) image.Unused = _unusedInFiles.AddLast(image);
            else _images.Remove(image.Key);
        }
    }

    /// <summary>Caches the pixels of an image if there is space. The caller must hold the image's lock.</summary>
    internal void Keep(CachedImage image, ReadOnlySpan<byte> pixels)
    {
        ImageCacheFile? file;
        int place;
        lock (_gate)
        {
            // The image file has been replaced in the meantime, so this entry would never be found.
            if (image.Users == 0) return;
            if (HasMemory(pixels.Length))
            {
                image.Memory = pixels.ToArray();
                MemoryBytes += pixels.Length;
                return;
            }
            (file, place) = Place(pixels.Length);
        }
        if (file is null) return;
        // Disks are slow, so the write happens outside the lock.
        var written = file.TryWrite(place, image.Number, pixels);
        lock (_gate)
        {
            // A full disk stays full for a while, and an image without users needs no slot.
            _noFiles |= !written;
            if (written && image.Users > 0) (image.File, image.Place) = (file, place);
            else file.Free.Push(place);
        }
    }

    /// <summary>Frees a slot with corrupt content. The caller must hold the image's lock.</summary>
    internal void Lose(CachedImage image, ImageCacheFile file)
    {
        lock (_gate)
        {
            if (image.File != file) return;
            file.Free.Push(image.Place);
            image.File = null;
        }
    }

    private bool HasMemory(int length)
    {
        while (MemoryBytes + length > _options.MemoryBytes && _unusedInMemory.First is { Value: var oldest }) Forget(oldest);
        return MemoryBytes + length <= _options.MemoryBytes;
    }

    private (ImageCacheFile?, int) Place(int length)
    {
        bool IsFull() => FileBytes + ImageCacheFile.PlaceBytesOf(length) > _options.FileBytes;
        bool HasFree() => _files.TryGetValue(length, out var known) && known.Free.Count > 0;
        while (!_noFiles && !HasFree() && IsFull() && _unusedInFiles.First is { Value: var oldest }) Forget(oldest);
        if (_noFiles || (!HasFree() && IsFull())) return default;
        if (!_files.TryGetValue(length, out var file))
        {
            try
            {
                file = new ImageCacheFile(_options.Folder!, length);
            }
            // A job must not fail because the cache has no room; its images are decoded again instead.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _noFiles = true;
                return default;
            }
            _files.Add(length, file);
        }
        if (file.Free.TryPop(out var free)) return (file, free);
        FileBytes += file.PlaceBytes;
        return (file, file.AddPlace());
    }

    /// <summary>Evicts an image that has no users.</summary>
    private void Forget(CachedImage image)
    {
        _images.Remove(image.Key);
        image.Unused!.List!.Remove(image.Unused);
        if (image.Memory is { } pixels)
        {
            MemoryBytes -= pixels.Length;
            image.Memory = null;
            return;
        }
        var file = image.File!;
        image.File = null;
        file.Free.Push(image.Place);
        if (file.Free.Count < file.Places) return;
        // An empty file is deleted, so that images of another length can use its space.
        FileBytes -= file.Places * file.PlaceBytes;
        _files.Remove(_files.First(entry => entry.Value == file).Key);
        file.Dispose();
    }
}

/// <summary>The cache key of an image.</summary>
/// <param name="Image">The result of <see cref="IImageSplit.Identity"/>.</param>
/// <param name="Geometry">The value of <see cref="IImagePreprocessor.Geometry"/>.</param>
internal sealed record ImageKey(object Image, object Geometry);

/// <summary>The cache entry of one image. A thread that reads or prepares the image holds the entry's lock.</summary>
/// <param name="key">The cache key.</param>
/// <param name="number">The image's unique number.</param>
internal sealed class CachedImage(ImageKey key, long number)
{
    internal ImageKey Key => key;

    internal long Number => number;

    /// <summary>The lock that is held while the image is read or prepared, so that it is prepared only once.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>The number of open splits that have requested the image.</summary>
    internal int Users { get; set; }

    /// <summary>The entry's node in the list of unused images.</summary>
    internal LinkedListNode<CachedImage>? Unused { get; set; }

    /// <summary>The pixels; null if they are in a file or not cached.</summary>
    internal byte[]? Memory { get; set; }

    /// <summary>The file that contains the image; null if the image is not in a file.</summary>
    internal ImageCacheFile? File { get; set; }

    /// <summary>The slot in <see cref="File"/>.</summary>
    internal int Place { get; set; }
}
