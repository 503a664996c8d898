using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Training.Images;

/// <summary>
/// CLIP's image preprocessing, as implemented by torchvision for PIL images. For test images, the shorter side is resized and the centre is
/// cropped. For training images, RandomResizedCrop and a random horizontal flip are applied. All images are resized with bicubic
/// interpolation and normalised with the backbone's mean and standard deviation. Thread-safe.
/// </summary>
public sealed class ClipPreprocessor : IImagePreprocessor
{
    private readonly int _shorterSide;

    /// <summary>Initializes a preprocessor with OpenAI's settings.</summary>
    /// <param name="size">The width and height of the result in pixels; at least 1.</param>
    public ClipPreprocessor(int size) : this(PreprocessorSettings.Of(size))
    {
    }

    /// <summary>Initializes a preprocessor.</summary>
    /// <param name="settings">The sizes and normalisation constants.</param>
    public ClipPreprocessor(PreprocessorSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Size, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.ShorterSide, settings.Size);
        (Size, _shorterSide, Settings) = (settings.Size, settings.ShorterSide, settings);
        Values = new PixelValues((channel, value) => Normalised(settings, channel, value));
    }

    /// <inheritdoc/>
    public int Size { get; }

    /// <inheritdoc/>
    public PreprocessorSettings Settings { get; }

    /// <inheritdoc/>
    public PixelValues Values { get; }

    /// <inheritdoc/>
    public object Geometry => (nameof(ClipPreprocessor), Size, _shorterSide);

    /// <inheritdoc/>
    public void Resize(RgbImage image, Span<byte> pixels) => Separate(ResizeAndCrop(image), mirrored: false, pixels);

    /// <inheritdoc/>
    public void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels)
    {
        var random = new CounterRandom(RandomPurpose.Augmentation, seed, epoch, index);
        var box = RandomCrop.Choose(image.Width, image.Height, ref random);
        var mirrored = random.NextDouble() < 0.5;
        Separate(Resampling.Resize(image, box, Size, Size, new PixelBox(0, 0, Size, Size)), mirrored, pixels);
    }

    /// <summary>Computes the same pixels as <see cref="Resize"/>, as an interleaved RGB image.</summary>
    internal RgbImage ResizeAndCrop(RgbImage image)
    {
        // As in torchvision, the longer side is int(size * long / short), and the crop's offset is rounded half to even.
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

    /// <summary>Separates the channels, and mirrors the rows if requested.</summary>
    private void Separate(RgbImage image, bool mirrored, Span<byte> destination)
    {
        var area = Size * Size;
        if (destination.Length != 3 * area)
            throw new ArgumentException($"Expected 3 × {Size} × {Size} bytes, found {destination.Length}.", nameof(destination));
        var red = destination[..area];
        var green = destination[area..(2 * area)];
        var blue = destination[(2 * area)..];
        ReadOnlySpan<byte> pixels = image.Pixels;
        for (int i = 0, from = 0; i < area; i++, from += 3)
            (red[i], green[i], blue[i]) = (pixels[from], pixels[from + 1], pixels[from + 2]);
        if (!mirrored) return;
        for (var row = 0; row < 3 * area; row += Size) destination.Slice(row, Size).Reverse();
    }
}
