using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Data.Kept;

/// <summary>
/// Test and validation images as bytes of the image tower's size, so that jobs after the first need not decode them: in memory up to a
/// budget, beyond it in a file up to a second one, and beyond that nowhere. Images of splits that are open stay; those of others make room,
/// the ones that were used longest ago first. All workers of a process share it: an image that several ask for is decoded once.
/// </summary>
public sealed class KeptImages : IDisposable
{
    private readonly Lock _gate = new();
    private readonly KeptImagesOptions _options;
    private readonly Dictionary<ImageKey, KeptImage> _images = [];
    private readonly LinkedList<KeptImage> _unusedInMemory = new(), _unusedInFiles = new();
    private readonly Dictionary<int, KeptFile> _files = [];
    private long _count;
    private bool _noFiles;

    /// <summary>Keeps nothing yet.</summary>
    /// <param name="options">How much it may keep.</param>
    public KeptImages(KeptImagesOptions options)
    {
        _options = options;
        _noFiles = options.Folder is null;
    }

    /// <summary>As <see cref="KeptImagesOptions.EmbeddedBytes"/> says.</summary>
    internal long EmbeddedBytes => _options.EmbeddedBytes;

    /// <summary>Bytes in memory.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Bytes of the files.</summary>
    public long FileBytes { get; private set; }

    /// <summary>The files by the length of their images.</summary>
    internal IReadOnlyDictionary<int, KeptFile> Files => _files;

    /// <summary>Opens a split, whose images stay until that is disposed.</summary>
    /// <param name="split">The images.</param>
    /// <param name="preprocessor">What prepares one.</param>
    internal KeptSplit Open(IImageSplit split, IImagePreprocessor preprocessor) => new(this, split, preprocessor);

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

    /// <summary>The place of an image, for one more user.</summary>
    internal KeptImage Hold(ImageKey key)
    {
        lock (_gate)
        {
            if (!_images.TryGetValue(key, out var image)) _images.Add(key, image = new KeptImage(key, ++_count));
            image.Users++;
            image.Unused?.List?.Remove(image.Unused);
            return image;
        }
    }

    /// <summary>One user less.</summary>
    internal void Release(KeptImage image)
    {
        lock (_gate)
        {
            if (--image.Users > 0) return;
            if (image.Memory is not null) image.Unused = _unusedInMemory.AddLast(image);
            else if (image.File is not null) image.Unused = _unusedInFiles.AddLast(image);
            else _images.Remove(image.Key);
        }
    }

    /// <summary>Keeps the pixels of an image if there is room; the caller has its lock.</summary>
    internal void Keep(KeptImage image, ReadOnlySpan<byte> pixels)
    {
        KeptFile? file;
        int place;
        lock (_gate)
        {
            // Its file was replaced meanwhile, and nobody would find it.
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
        // Disks are slow: others go on meanwhile.
        var written = file.TryWrite(place, image.Number, pixels);
        lock (_gate)
        {
            // A full disk stays full for a while, and an image that nobody uses any more needs no place.
            _noFiles |= !written;
            if (written && image.Users > 0) (image.File, image.Place) = (file, place);
            else file.Free.Push(place);
        }
    }

    /// <summary>Gives up a place that does not hold what was written; the caller has the image's lock.</summary>
    internal void Lose(KeptImage image, KeptFile file)
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

    private (KeptFile?, int) Place(int length)
    {
        bool IsFull() => FileBytes + KeptFile.PlaceBytesOf(length) > _options.FileBytes;
        bool HasFree() => _files.TryGetValue(length, out var known) && known.Free.Count > 0;
        while (!_noFiles && !HasFree() && IsFull() && _unusedInFiles.First is { Value: var oldest }) Forget(oldest);
        if (_noFiles || (!HasFree() && IsFull())) return default;
        if (!_files.TryGetValue(length, out var file))
        {
            try
            {
                file = new KeptFile(_options.Folder!, length);
            }
            // No room to keep images in is no fault of a job: they are decoded again.
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

    /// <summary>Forgets an image that nobody uses.</summary>
    private void Forget(KeptImage image)
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
        // Images of another length get the room of a file that holds none any more.
        FileBytes -= file.Places * file.PlaceBytes;
        _files.Remove(_files.First(entry => entry.Value == file).Key);
        file.Dispose();
    }
}

/// <summary>What tells kept images apart.</summary>
/// <param name="Image">As <see cref="IImageSplit.Identity"/> says.</param>
/// <param name="Geometry">As <see cref="IImagePreprocessor.Geometry"/> says.</param>
internal sealed record ImageKey(object Image, object Geometry);

/// <summary>The place of one image. The lock on it belongs to whoever reads or prepares the image.</summary>
/// <param name="key">The image.</param>
/// <param name="number">Its number among all images.</param>
internal sealed class KeptImage(ImageKey key, long number)
{
    internal ImageKey Key => key;

    internal long Number => number;

    /// <summary>Held while the image is read or prepared, so that it is prepared once.</summary>
    internal Lock Gate { get; } = new();

    /// <summary>Splits that are open and have asked for it.</summary>
    internal int Users { get; set; }

    /// <summary>Where it stands among those that nobody uses.</summary>
    internal LinkedListNode<KeptImage>? Unused { get; set; }

    /// <summary>Its pixels; null where they are in a file, or nowhere.</summary>
    internal byte[]? Memory { get; set; }

    /// <summary>The file that holds it.</summary>
    internal KeptFile? File { get; set; }

    /// <summary>Its place there.</summary>
    internal int Place { get; set; }
}
