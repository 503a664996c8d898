namespace AdaptCluster.Training.Images;

/// <summary>A decoded image: 8-bit RGB, row-major, three bytes per pixel.</summary>
public sealed class RgbImage
{
    /// <summary>Initializes an image from a pixel buffer.</summary>
    /// <param name="width">The width in pixels.</param>
    /// <param name="height">The height in pixels.</param>
    /// <param name="pixels">The pixels: height × width × 3 bytes. The array is not copied.</param>
    /// <exception cref="ArgumentException">The length does not match the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || pixels.LongLength != (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes do not match {width} × {height} RGB pixels.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>The width in pixels.</summary>
    public int Width { get; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; }

    /// <summary>The pixels: height × width × 3 bytes.</summary>
    public byte[] Pixels { get; }
}
