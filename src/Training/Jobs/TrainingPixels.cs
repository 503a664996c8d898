using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;

namespace AdaptCluster.Training.Jobs;

/// <summary>
/// The pixels of augmented batches. Decoded images are kept as long as there is room; a batch that will be needed can be prepared on other
/// threads meanwhile. What is prepared depends on the arguments alone, so it does not matter when.
/// </summary>
/// <param name="preprocessor">What crops and flips an image.</param>
/// <param name="split">The images.</param>
internal sealed class TrainingPixels(IImagePreprocessor preprocessor, IImageSplit split)
{
    private const long MaxKeptBytes = 512L << 20;

    /// <summary>Batches that wait at most; lanes that ended do not come for theirs.</summary>
    private const int MaxAhead = 64;

    private readonly RgbImage?[] _decoded = new RgbImage?[split.Labels.Count];
    private readonly List<(int Seed, int Epoch, int[] Indices, Task<float[]> Pixels)> _ahead = [];
    private long _keptBytes;

    /// <summary>Prepares a batch on other threads, if nobody has asked for that yet.</summary>
    internal void Ahead(ReadOnlySpan<int> indices, int seed, int epoch)
    {
        if (Find(indices, seed, epoch) >= 0) return;
        var wanted = indices.ToArray();
        if (_ahead.Count == MaxAhead) _ahead.RemoveAt(0);
        _ahead.Add((seed, epoch, wanted, Task.Run(() => Prepare(wanted, seed, epoch))));
    }

    /// <summary>The pixels of a batch, prepared now if they were not ahead.</summary>
    /// <returns>images × 3 × size × size values.</returns>
    internal float[] Take(ReadOnlySpan<int> indices, int seed, int epoch)
    {
        var found = Find(indices, seed, epoch);
        if (found < 0) return Prepare(indices, seed, epoch);
        var pixels = _ahead[found].Pixels;
        _ahead.RemoveAt(found);
        return pixels.GetAwaiter().GetResult();
    }

    private int Find(ReadOnlySpan<int> indices, int seed, int epoch)
    {
        for (var i = 0; i < _ahead.Count; i++)
            if (_ahead[i].Seed == seed && _ahead[i].Epoch == epoch && indices.SequenceEqual(_ahead[i].Indices)) return i;
        return -1;
    }

    /// <summary>The pixels of images, one after the other.</summary>
    /// <param name="size">Width and height.</param>
    /// <param name="indices">Positions in the split.</param>
    /// <param name="prepare">Writes those of one image.</param>
    /// <returns>images × 3 × size × size values.</returns>
    internal static float[] Of(int size, ReadOnlySpan<int> indices, Preparation prepare)
    {
        var length = 3 * size * size;
        var values = new float[indices.Length * length];
        for (var i = 0; i < indices.Length; i++) prepare(indices[i], values.AsSpan(i * length, length));
        return values;
    }

    private float[] Prepare(ReadOnlySpan<int> indices, int seed, int epoch) =>
        Of(preprocessor.Size, indices, (index, pixels) => preprocessor.PrepareAugmented(Decoded(index), seed, epoch, index, pixels));

    private RgbImage Decoded(int index)
    {
        if (Volatile.Read(ref _decoded[index]) is { } kept) return kept;
        var image = split.Load(index);
        if (Interlocked.Add(ref _keptBytes, image.Pixels.LongLength) <= MaxKeptBytes) Volatile.Write(ref _decoded[index], image);
        else Interlocked.Add(ref _keptBytes, -image.Pixels.LongLength);
        return image;
    }

    /// <summary>Writes the pixels of the image at a position.</summary>
    internal delegate void Preparation(int index, Span<float> pixels);
}
