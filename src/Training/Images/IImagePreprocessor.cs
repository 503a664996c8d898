namespace AdaptCluster.Training.Images;

/// <summary>
/// Converts decoded images to bytes at the image tower's input size, and defines the value that the tower reads for each byte. In caches
/// and transfers, bytes need a quarter of the space of float values. Implementations must be thread-safe.
/// </summary>
public interface IImagePreprocessor
{
    /// <summary>The width and height of the result in pixels.</summary>
    int Size { get; }

    /// <summary>The value that the image tower reads for each byte.</summary>
    PixelValues Values { get; }

    /// <summary>
    /// The settings for test images if these are prepared as in CLIP (bicubic resize of the shorter side, centre crop, normalisation); null
    /// for other preprocessing. Default: null.
    /// </summary>
    PreprocessorSettings? Settings => null;

    /// <summary>
    /// The key under which resized images are cached. Preprocessors whose <see cref="Resize"/> produces the same bytes have equal keys, so
    /// they share cached images. Default: this object.
    /// </summary>
    object Geometry => this;

    /// <summary>Resizes and centre-crops an image for evaluation.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="pixels">Receives 3 × <see cref="Size"/> × <see cref="Size"/> bytes in the order channel, row, column.</param>
    void Resize(RgbImage image, Span<byte> pixels);

    /// <summary>Crops and flips an image at random for training. The result depends only on the arguments.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="seed">The seed of the job.</param>
    /// <param name="epoch">The 1-based epoch.</param>
    /// <param name="index">The position of the image in its split.</param>
    /// <param name="pixels">Receives 3 × <see cref="Size"/> × <see cref="Size"/> bytes in the order channel, row, column.</param>
    void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels);
}

/// <summary>Converts images to the values that the image tower reads.</summary>
public static class ImagePreparation
{
    /// <summary>Returns the length of one prepared image in bytes.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    public static int ByteCount(this IImagePreprocessor preprocessor) => 3 * preprocessor.Size * preprocessor.Size;

    /// <summary>Resizes, centre-crops and normalises an image for evaluation.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">The decoded image.</param>
    /// <param name="destination">Receives 3 × size × size values in the order channel, row, column.</param>
    public static void Prepare(this IImagePreprocessor preprocessor, RgbImage image, Span<float> destination)
    {
        var pixels = Bytes(preprocessor, destination);
        preprocessor.Resize(image, pixels);
        preprocessor.Values.Read(pixels, destination);
    }

    /// <summary>Crops and flips an image at random and normalises it for training.</summary>
    /// <param name="preprocessor">The preprocessor.</param>
    /// <param name="image">The decoded image.</param>
    /// <param name="seed">The seed of the job.</param>
    /// <param name="epoch">The 1-based epoch.</param>
    /// <param name="index">The position of the image in its split.</param>
    /// <param name="destination">Receives 3 × size × size values in the order channel, row, column.</param>
    public static void PrepareAugmented(
        this IImagePreprocessor preprocessor, RgbImage image, int seed, int epoch, int index, Span<float> destination)
    {
        var pixels = Bytes(preprocessor, destination);
        preprocessor.Augment(image, seed, epoch, index, pixels);
        preprocessor.Values.Read(pixels, destination);
    }

    private static byte[] Bytes(IImagePreprocessor preprocessor, Span<float> destination) =>
        destination.Length == preprocessor.ByteCount() ? new byte[destination.Length] : throw new ArgumentException(
            $"Expected 3 × {preprocessor.Size} × {preprocessor.Size} values, found {destination.Length}.", nameof(destination));
}
