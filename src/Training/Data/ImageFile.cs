using AdaptCluster.Contracts;
using SkiaSharp;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Decodes image files to the pixels that PIL's <c>Image.open(path).convert("RGB")</c> gives: no EXIF orientation, no colour management,
/// alpha dropped (not blended). Files are untrusted.
/// </summary>
public static class ImageFile
{
    /// <summary>The most pixels of an image, PIL's limit against decompression bombs.</summary>
    public const long MaxPixels = 178_956_970;

    /// <summary>The most bytes of an image file.</summary>
    public const long MaxFileBytes = 256L << 20;

    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp];

    private static readonly string[] Extensions = [".bmp", ".jpeg", ".jpg", ".png", ".webp"];

    /// <summary>Whether a file counts as an image: JPEG, PNG, WebP and BMP by extension, in any case.</summary>
    public static bool HasImageExtension(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Decodes one file.</summary>
    /// <param name="path">JPEG, PNG, WebP or BMP; its content decides, not its name.</param>
    /// <exception cref="InvalidInputException">The file, which the message names, is missing, damaged, too large or of another format.</exception>
    public static RgbImage Decode(string path)
    {
        using var data = SKData.CreateCopy(ReadAll(path));
        using var codec = SKCodec.Create(data)
            ?? throw new InvalidInputException($"{path} is no image that can be read; JPEG, PNG, WebP or BMP expected.");
        if (!Formats.Contains(codec.EncodedFormat))
            throw new InvalidInputException($"{path} is a {codec.EncodedFormat} file; JPEG, PNG, WebP or BMP expected.");
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if (width < 1 || height < 1 || (long)width * height > MaxPixels)
            throw new InvalidInputException($"{path} has {width} × {height} pixels; at most {MaxPixels} are read, scale it down.");

        // Without a colour space Skia leaves the values as they are stored; unpremultiplied, colours under transparency stay as well.
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
            throw new InvalidInputException($"{path}: there is no memory for its {width} × {height} pixels; scale it down.");
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidInputException($"{path} is damaged or cut off ({result}); replace or remove the file.");
        return new RgbImage(width, height, DropAlpha(bitmap.GetPixelSpan()));
    }

    private static byte[] ReadAll(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException($"{path} does not exist.");
        // Pipes and devices have length 0: reading them could wait for ever.
        if (file.Length == 0) throw new InvalidInputException($"{path} is empty; replace or remove the file.");
        if (file.Length > MaxFileBytes)
            throw new InvalidInputException($"{path} has {file.Length} bytes; at most {MaxFileBytes} are read, scale the image down.");
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidInputException($"{path} cannot be read: {error.Message}", error);
        }
    }

    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        for (int from = 0, to = 0; from < rgba.Length; from += 4, to += 3)
        {
            rgb[to] = rgba[from];
            rgb[to + 1] = rgba[from + 1];
            rgb[to + 2] = rgba[from + 2];
        }
        return rgb;
    }
}
