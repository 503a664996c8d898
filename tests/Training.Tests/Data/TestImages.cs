using AdaptCluster.Training.Images;
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

    /// <summary>A GIF of one red pixel.</summary>
    public static byte[] Gif { get; } =
    [
        .. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3B,
    ];

    /// <summary>A TIFF of one page without compression.</summary>
    public static byte[] Tiff(RgbImage image)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        (short Tag, short Type, int Value)[] fields =
        [
            (256, 4, image.Width), (257, 4, image.Height), (258, 3, 8), (259, 3, 1), (262, 3, 2), (273, 4, 8), (277, 3, 3),
                (278, 4, image.Height),
            (279, 4, image.Pixels.Length),
        ];
        writer.Write("II*\0"u8);
        writer.Write(8 + image.Pixels.Length);
        writer.Write(image.Pixels);
        writer.Write((short)fields.Length);
        foreach (var (tag, type, value) in fields)
        {
            writer.Write(tag);
            writer.Write(type);
            writer.Write(1);
            writer.Write(value);
        }
        writer.Write(0);
        return stream.ToArray();
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
