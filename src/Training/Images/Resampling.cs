using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace AdaptCluster.Training.Images;

/// <summary>A rectangle of pixels.</summary>
/// <param name="Left">The first column.</param>
/// <param name="Top">The first row.</param>
/// <param name="Width">The number of columns.</param>
/// <param name="Height">The number of rows.</param>
internal readonly record struct PixelBox(long Left, long Top, int Width, int Height);

/// <summary>
/// Resizes 8-bit RGB images, bit-identical to PIL's <c>crop(box).resize(size, BICUBIC)</c>: a horizontal pass, then a vertical pass, each
/// rounded to 8 bits. An axis that keeps its length is not resampled.
/// </summary>
internal static class Resampling
{
    private const int Half = 1 << (BicubicFilter.PrecisionBits - 1);

    /// <summary>Resizes a part of an image and returns a part of the result. The rest of the result is not computed.</summary>
    /// <param name="image">The image.</param>
    /// <param name="source">The part of the image to resize. Pixels outside this part do not affect the result.</param>
    /// <param name="width">The number of columns in the whole result.</param>
    /// <param name="height">The number of rows in the whole result.</param>
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

    /// <summary>
    /// Computes the horizontal pass over one row. The three channels of a pixel and the following byte fill a vector of four sums. The last
    /// pixel of a row has no following byte, so sums that include it are computed one by one.
    /// </summary>
    private static void ResizeLine(ReadOnlySpan<byte> line, BicubicFilter filter, Span<byte> output)
    {
        for (var x = 0; x < filter.Starts.Length; x++, output = output[3..])
        {
            var weights = filter.Weights[x];
            var source = line[(filter.Starts[x] * 3)..];
            if (!Vector128.IsHardwareAccelerated || source.Length <= weights.Length * 3)
            {
                for (var channel = 0; channel < 3; channel++) output[channel] = Sum(source[channel..], 3, weights);
                continue;
            }
            var sums = Vector128.Create(Half);
            foreach (var weight in weights)
            {
                var pixel = Vector128.CreateScalarUnsafe(MemoryMarshal.Read<uint>(source)).AsByte();
                sums += Vector128.WidenLower(Vector128.WidenLower(pixel)).AsInt32() * weight;
                source = source[3..];
            }
            sums = Vector128.Clamp(sums >> BicubicFilter.PrecisionBits, Vector128<int>.Zero, Vector128.Create((int)byte.MaxValue));
            (output[0], output[1], output[2]) = ((byte)sums[0], (byte)sums[1], (byte)sums[2]);
        }
    }

    /// <summary>Computes the vertical pass for one row of the result. Each step processes as many bytes as fit in a vector.</summary>
    private static void SumLines(ReadOnlySpan<byte> lines, int[] weights, Span<byte> output)
    {
        var done = 0;
        for (; Vector.IsHardwareAccelerated && done <= output.Length - Vector<byte>.Count; done += Vector<byte>.Count)
        {
            var half = new Vector<int>(Half);
            var (first, second, third, fourth) = (half, half, half, half);
            for (int k = 0, from = done; k < weights.Length; k++, from += output.Length)
            {
                Vector.Widen(new Vector<byte>(lines[from..]), out var lower, out var upper);
                Vector.Widen(lower, out var a, out var b);
                Vector.Widen(upper, out var c, out var d);
                first += a.As<uint, int>() * weights[k];
                second += b.As<uint, int>() * weights[k];
                third += c.As<uint, int>() * weights[k];
                fourth += d.As<uint, int>() * weights[k];
            }
            Vector.Narrow(
                Vector.Narrow(Clip(first), Clip(second)).As<short, ushort>(),
                Vector.Narrow(Clip(third), Clip(fourth)).As<short, ushort>()).CopyTo(output[done..]);
        }
        for (; done < output.Length; done++) output[done] = Sum(lines[done..], output.Length, weights);
    }

    /// <summary>Computes one value of the result from values that are a stride apart.</summary>
    private static byte Sum(ReadOnlySpan<byte> values, int stride, int[] weights)
    {
        var sum = Half;
        for (int k = 0, from = 0; k < weights.Length; k++, from += stride) sum += values[from] * weights[k];
        return (byte)Math.Clamp(sum >> BicubicFilter.PrecisionBits, 0, byte.MaxValue);
    }

    private static Vector<int> Clip(Vector<int> sums) =>
        Vector.Min(Vector.Max(sums >> BicubicFilter.PrecisionBits, Vector<int>.Zero), new Vector<int>(byte.MaxValue));
}
