using SkiaSharp;

namespace AdaptCluster.Training.Images;

/// <summary>Creates small copies of images for display.</summary>
public static class Thumbnail
{
    private const int Quality = 80;

    /// <summary>Scales an image down to fit a size and encodes it as JPEG. An image that already fits keeps its size.</summary>
    /// <param name="image">The image.</param>
    /// <param name="side">The maximum width and height in pixels.</param>
    /// <returns>The JPEG file.</returns>
    /// <exception cref="InvalidOperationException">There is not enough memory for the scaled image.</exception>
    public static byte[] Jpeg(RgbImage image, int side)
    {
        var scale = Math.Min(1.0, (double)side / Math.Max(image.Width, image.Height));
        var (width, height) = (Length(image.Width, scale), Length(image.Height, scale));
        var small = Resampling.Resize(
            image, new PixelBox(0, 0, image.Width, image.Height), width, height, new PixelBox(0, 0, width, height));
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque)))
            throw new InvalidOperationException($"Not enough memory for {width} × {height} pixels.");
        var pixels = bitmap.GetPixelSpan();
        for (int from = 0, to = 0; from < small.Pixels.Length; from += 3, to += 4)
        {
            small.Pixels.AsSpan(from, 3).CopyTo(pixels[to..]);
            pixels[to + 3] = byte.MaxValue;
        }
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return encoded.ToArray();
    }

    private static int Length(int length, double scale) => Math.Max(1, (int)Math.Round(length * scale));
}
