using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Images;

/// <summary>
/// CLIP's image preprocessing as torchvision does it on PIL images: for tests resize of the shorter side and centre crop, for training
/// RandomResizedCrop and a flip; bicubic, then normalised by the backbone's mean and standard deviation. Safe for use from several threads.
/// </summary>
public sealed class ClipPreprocessor : IImagePreprocessor
{
    /// <summary>The value of each byte in each channel.</summary>
    private readonly float[][] _normalised;

    private readonly int _shorterSide;

    /// <summary>Makes a preprocessor with OpenAI's numbers.</summary>
    /// <param name="size">Width and height of the result, in pixels; at least 1.</param>
    public ClipPreprocessor(int size) : this(PreprocessorSettings.Of(size))
    {
    }

    /// <summary>Makes a preprocessor.</summary>
    /// <param name="settings">Its numbers.</param>
    public ClipPreprocessor(PreprocessorSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ShorterSide, settings.Size);
        (Size, _shorterSide) = (settings.Size, settings.ShorterSide);
        _normalised = [.. Enumerable.Range(0, 3).Select(
            channel => Enumerable.Range(0, 256).Select(value => Normalised(settings, channel, value)).ToArray())];
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public void Prepare(RgbImage image, Span<float> destination) => Normalise(ResizeAndCrop(image), mirrored: false, destination);

    /// <inheritdoc/>
    public void PrepareAugmented(RgbImage image, int seed, int epoch, int index, Span<float> destination)
    {
        var random = new CounterRandom(RandomPurpose.Augmentation, seed, epoch, index);
        var box = RandomCrop.Choose(image.Width, image.Height, ref random);
        var mirrored = random.NextDouble() < 0.5;
        Normalise(Resampling.Resize(image, box, Size, Size, new PixelBox(0, 0, Size, Size)), mirrored, destination);
    }

    /// <summary>The 8-bit pixels of <see cref="Prepare"/> before they are normalised.</summary>
    internal RgbImage ResizeAndCrop(RgbImage image)
    {
        // torchvision: the longer side is int(size * long / short), the crop's offset is rounded half to even.
        var shorter = Math.Min(image.Width, image.Height);
        var width = (long)((double)((long)_shorterSide * image.Width) / shorter);
        var height = (long)((double)((long)_shorterSide * image.Height) / shorter);
        var kept = new PixelBox((long)Math.Round((width - Size) / 2.0), (long)Math.Round((height - Size) / 2.0), Size, Size);
        return Resampling.Resize(image, new PixelBox(0, 0, image.Width, image.Height), width, height, kept);
    }

    private static float Normalised(PreprocessorSettings settings, int channel, int value)
    {
        var scaled = settings.Factor is { } factor ? (float)(value * factor) : value / 255f;
        return (scaled - (float)settings.Mean[channel]) / (float)settings.StandardDeviation[channel];
    }

    private void Normalise(RgbImage image, bool mirrored, Span<float> destination)
    {
        var area = Size * Size;
        if (destination.Length != 3 * area)
            throw new ArgumentException($"3 × {Size} × {Size} values expected, not {destination.Length}.", nameof(destination));
        for (var channel = 0; channel < 3; channel++)
        {
            var values = _normalised[channel];
            var plane = destination.Slice(channel * area, area);
            for (var y = 0; y < Size; y++)
            {
                var pixels = image.Pixels.AsSpan(y * Size * 3 + channel);
                var row = plane.Slice(y * Size, Size);
                for (int x = 0, from = 0; x < row.Length; x++, from += 3) row[x] = values[pixels[from]];
                if (mirrored) row.Reverse();
            }
        }
    }
}
