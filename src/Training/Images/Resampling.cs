namespace AdaptCluster.Training.Images;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Left">First column.</param>
/// <param name="Top">First row.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
internal readonly record struct PixelBox(long Left, long Top, int Width, int Height);

/// <summary>
/// PIL's <c>crop(box).resize(size, BICUBIC)</c> on 8-bit RGB, bit for bit: a horizontal pass, then a vertical one, each rounded to 8 bits;
/// an axis that keeps its length is left alone.
/// </summary>
internal static class Resampling
{
    private const int Half = 1 << (BicubicFilter.PrecisionBits - 1);

    /// <summary>Resizes a part of an image and keeps a part of the result. What is not kept is not computed either.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">The part of the image to resize; pixels outside of it have no influence.</param>
    /// <param name="width">Columns of the whole result.</param>
    /// <param name="height">Rows of the whole result.</param>
    /// <param name="kept">The part of the result to compute.</param>
    public static RgbImage Resize(RgbImage image, PixelBox source, long width, long height, PixelBox kept)
    {
        var columns = BicubicFilter.Create(source.Width, width, kept.Left, kept.Width);
        var rows = BicubicFilter.Create(source.Height, height, kept.Top, kept.Height);
        var same = (Width: width == source.Width, Height: height == source.Height);
        var firstRow = same.Height ? (int)kept.Top : rows.Starts[0];
        var lastRow = same.Height ? firstRow + kept.Height : rows.Starts[^1] + rows.Weights[^1].Length;

        var horizontal = new byte[(lastRow - firstRow) * kept.Width * 3];
        for (var y = firstRow; y < lastRow; y++)
        {
            var line = image.Pixels.AsSpan((((int)source.Top + y) * image.Width + (int)source.Left) * 3, source.Width * 3);
            var output = horizontal.AsSpan((y - firstRow) * kept.Width * 3, kept.Width * 3);
            if (same.Width) line.Slice((int)kept.Left * 3, output.Length).CopyTo(output);
            else ResizeLine(line, columns, output);
        }
        if (same.Height) return new RgbImage(kept.Width, kept.Height, horizontal);

        var pixels = new byte[kept.Width * kept.Height * 3];
        for (var y = 0; y < kept.Height; y++)
        {
            var first = horizontal.AsSpan((rows.Starts[y] - firstRow) * kept.Width * 3);
            SumLines(first, rows.Weights[y], pixels.AsSpan(y * kept.Width * 3, kept.Width * 3));
        }
        return new RgbImage(kept.Width, kept.Height, pixels);
    }

    private static void ResizeLine(ReadOnlySpan<byte> line, BicubicFilter filter, Span<byte> output)
    {
        for (var x = 0; x < filter.Starts.Length; x++)
        {
            var (red, green, blue) = (Half, Half, Half);
            var from = filter.Starts[x] * 3;
            foreach (var weight in filter.Weights[x])
            {
                red += line[from] * weight;
                green += line[from + 1] * weight;
                blue += line[from + 2] * weight;
                from += 3;
            }
            output[x * 3] = Clip(red);
            output[x * 3 + 1] = Clip(green);
            output[x * 3 + 2] = Clip(blue);
        }
    }

    private static void SumLines(ReadOnlySpan<byte> lines, int[] weights, Span<byte> output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            var sum = Half;
            for (int k = 0, from = i; k < weights.Length; k++, from += output.Length) sum += lines[from] * weights[k];
            output[i] = Clip(sum);
        }
    }

    private static byte Clip(int sum) => (byte)Math.Clamp(sum >> BicubicFilter.PrecisionBits, 0, 255);
}
