using AdaptCluster.Training.Images;

namespace AdaptCluster.Reference;

/// <summary>
/// Pillow's antialiased bicubic resize of 8-bit RGB (Resample.c), written as its formula: each value of each pass is a sum over its taps in
/// 22-bit fixed point, rounded to a byte. It shares no code with the trainer's but the container of pixels.
/// </summary>
internal static class PlainResampling
{
    private const int Bits = 22;

    /// <summary>Resizes an image and keeps a part.</summary>
    /// <param name="image">The image.</param>
    /// <param name="width">Columns of the whole result.</param>
    /// <param name="height">Rows of the whole result.</param>
    /// <param name="kept">The part of the result.</param>
    public static RgbImage Resize(RgbImage image, long width, long height, (int Left, int Top, int Width, int Height) kept)
    {
        var wide = new byte[image.Height * kept.Width * 3];
        for (var y = 0; y < image.Height; y++)
            for (var x = 0; x < kept.Width; x++)
                for (var channel = 0; channel < 3; channel++)
                    wide[(y * kept.Width + x) * 3 + channel] =
                        Value(image.Width, width, kept.Left + x, tap => image.Pixels[(y * image.Width + tap) * 3 + channel]);
        var pixels = new byte[kept.Height * kept.Width * 3];
        for (var y = 0; y < kept.Height; y++)
            for (var i = 0; i < kept.Width * 3; i++)
                pixels[y * kept.Width * 3 + i] = Value(image.Height, height, kept.Top + y, tap => wide[tap * kept.Width * 3 + i]);
        return new RgbImage(kept.Width, kept.Height, pixels);
    }

    /// <summary>One value of an axis that goes from source to target pixels.</summary>
    private static byte Value(int source, long target, long position, Func<int, byte> at)
    {
        if (source == target) return at((int)position);
        var scale = (double)source / target;
        var stretch = Math.Max(scale, 1);
        var center = (position + 0.5) * scale;
        var start = (int)Math.Max(center - 2 * stretch + 0.5, 0);
        var end = (int)Math.Min(center + 2 * stretch + 0.5, source);
        var weights = Enumerable.Range(start, end - start).Select(tap => Cubic((tap - center + 0.5) * (1 / stretch))).ToArray();
        // Added in this order: another one rounds otherwise.
        var total = weights.Aggregate(0.0, (sum, weight) => sum + weight);
        var value = 1 << (Bits - 1);
        foreach (var (index, weight) in weights.Index())
        {
            var scaled = (total != 0 ? weight / total : weight) * (1 << Bits);
            value += at(start + index) * (int)(scaled < 0 ? scaled - 0.5 : scaled + 0.5);
        }
        return (byte)Math.Clamp(value >> Bits, 0, 255);
    }

    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        return x < 1 ? ((1.5 * x) - 2.5) * x * x + 1 : x < 2 ? (((x - 5) * x + 8) * x - 4) * -0.5 : 0;
    }
}
