using AdaptCluster.Training.Data;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>Images that tests draw, and files of them.</summary>
internal static class TestImages
{
    /// <summary>A busy pattern; the reference values of the resize tests were made from the same formula.</summary>
    public static RgbImage Pattern(int width, int height)
    {
        var pixels = new byte[width * height * 3];
        for (var i = 0; i < pixels.Length; i++)
        {
            var (x, y, c) = (i / 3 % width, i / 3 / width, i % 3);
            pixels[i] = (byte)(x * x * 7 + y * 13 + c * 61 + x * y % 5 * 40);
        }
        return new RgbImage(width, height, pixels);
    }

    /// <summary>Encodes an image, every pixel with the same alpha.</summary>
    public static byte[] Encode(RgbImage image, SKEncodedImageFormat format, byte alpha = 255)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        // Written directly: SetPixel would lose the colour under an alpha of 0.
        var pixels = bitmap.GetPixelSpan();
        for (var i = 0; i < image.Width * image.Height; i++)
        {
            image.Pixels.AsSpan(3 * i, 3).CopyTo(pixels.Slice(4 * i, 3));
            pixels[4 * i + 3] = alpha;
        }
        using var data = bitmap.Encode(format, 100);
        return data.ToArray();
    }

    /// <summary>A Windows bitmap of 24 bits; its header may claim any size.</summary>
    public static byte[] Bitmap(RgbImage image, int? claimedWidth = null, int? claimedHeight = null)
    {
        var stride = (image.Width * 3 + 3) / 4 * 4;
        var file = new byte[54 + stride * image.Height];
        using (var writer = new BinaryWriter(new MemoryStream(file)))
        {
            writer.Write("BM"u8);
            writer.Write(file.Length);
            writer.Write(0);
            writer.Write(54);
            writer.Write(40);
            writer.Write(claimedWidth ?? image.Width);
            writer.Write(claimedHeight ?? image.Height);
            writer.Write((short)1);
            writer.Write((short)24);
        }
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                for (var c = 0; c < 3; c++)
                    file[54 + (image.Height - 1 - y) * stride + x * 3 + 2 - c] = image.Pixels[(y * image.Width + x) * 3 + c];
            }
        }
        return file;
    }
}
