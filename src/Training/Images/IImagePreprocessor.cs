namespace AdaptCluster.Training.Images;

/// <summary>
/// Turns decoded images into bytes of the image tower's size, and says which number the tower reads for each byte. Bytes are kept and
/// copied to a device in a quarter of the room that numbers take. Implementations may be called from several threads.
/// </summary>
public interface IImagePreprocessor
{
    /// <summary>Width and height of the result, in pixels.</summary>
    int Size { get; }

    /// <summary>What the image tower reads for each byte.</summary>
    PixelValues Values { get; }

    /// <summary>
    /// The numbers by which test images are prepared, where that is as CLIP's: the shorter side resized by a bicubic filter, the centre
    /// cut out, normalised. Null where it is done otherwise. Default: null.
    /// </summary>
    PreprocessorSettings? Settings => null;

    /// <summary>
    /// Equal for preprocessors whose <see cref="Resize"/> gives the same bytes, so that these can share them. Default: this object.
    /// </summary>
    object Geometry => this;

    /// <summary>Resizes and crops the centre, as for test images.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="pixels">3 × <see cref="Size"/> × <see cref="Size"/> bytes: channel, row, column.</param>
    void Resize(RgbImage image, Span<byte> pixels);

    /// <summary>Crops and flips at random, as for training images. The result depends on the arguments alone.</summary>
    /// <param name="image">The decoded image.</param>
    /// <param name="seed">Seed of the job.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">Position of the image in its split.</param>
    /// <param name="pixels">3 × <see cref="Size"/> × <see cref="Size"/> bytes: channel, row, column.</param>
    void Augment(RgbImage image, int seed, int epoch, int index, Span<byte> pixels);
}

/// <summary>Images as the numbers that the image tower reads.</summary>
public static class ImagePreparation
{
    /// <summary>Bytes of one image.</summary>
    /// <param name="preprocessor">What prepares it.</param>
    public static int ByteCount(this IImagePreprocessor preprocessor) => 3 * preprocessor.Size * preprocessor.Size;

    /// <summary>Resizes, crops the centre and normalises, as for test images.</summary>
    /// <param name="preprocessor">What prepares it.</param>
    /// <param name="image">The decoded image.</param>
    /// <param name="destination">3 × size × size values: channel, row, column.</param>
    public static void Prepare(this IImagePreprocessor preprocessor, RgbImage image, Span<float> destination)
    {
        var pixels = Bytes(preprocessor, destination);
        preprocessor.Resize(image, pixels);
        preprocessor.Values.Read(pixels, destination);
    }

    /// <summary>Crops and flips at random, then normalises, as for training images.</summary>
    /// <param name="preprocessor">What prepares it.</param>
    /// <param name="image">The decoded image.</param>
    /// <param name="seed">Seed of the job.</param>
    /// <param name="epoch">The epoch, from 1.</param>
    /// <param name="index">Position of the image in its split.</param>
    /// <param name="destination">3 × size × size values: channel, row, column.</param>
    public static void PrepareAugmented(
        this IImagePreprocessor preprocessor, RgbImage image, int seed, int epoch, int index, Span<float> destination)
    {
        var pixels = Bytes(preprocessor, destination);
        preprocessor.Augment(image, seed, epoch, index, pixels);
        preprocessor.Values.Read(pixels, destination);
    }

    private static byte[] Bytes(IImagePreprocessor preprocessor, Span<float> destination) =>
        destination.Length == preprocessor.ByteCount() ? new byte[destination.Length] : throw new ArgumentException(
            $"3 × {preprocessor.Size} × {preprocessor.Size} values expected, not {destination.Length}.", nameof(destination));
}
