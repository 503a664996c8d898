namespace AdaptCluster.Training.Images;

/// <summary>A decoded image: 8-bit RGB, row-major, three bytes a pixel.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps pixels.</summary>
    /// <param name="width">Pixels a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="pixels">height × width × 3 bytes; kept, not copied.</param>
    /// <exception cref="ArgumentException">The length does not fit the size.</exception>
    public RgbImage(int width, int height, byte[] pixels)
    {
        if (width < 1 || height < 1 || pixels.LongLength != (long)width * height * 3)
            throw new ArgumentException($"{pixels.Length} bytes do not make {width} × {height} RGB pixels.", nameof(pixels));
        (Width, Height, Pixels) = (width, height, pixels);
    }

    /// <summary>Pixels a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>height × width × 3 bytes.</summary>
    public byte[] Pixels { get; }
}
