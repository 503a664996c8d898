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
    public static bool HasImageExtension(ReadOnlySpan<char> path)
    {
        var extension = Path.GetExtension(path);
        foreach (var known in Extensions)
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Decodes one file.</summary>
    /// <param name="path">JPEG, PNG, WebP or BMP; its content decides, not its name.</param>
    /// <exception cref="InvalidInputException">The file, which the message names, is missing, damaged, too large or of another format.</exception>
    public static RgbImage Decode(string path)
    {
        using var data = SKData.CreateCopy(ReadAll(path));
        using var codec = Checked(SKCodec.Create(data), path);
        var (width, height) = (codec.Info.Width, codec.Info.Height);

        // Without a colour space Skia leaves the values as they are stored; unpremultiplied, colours under transparency stay as well.
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
            throw new InvalidInputException($"{path}: there is no memory for its {width} × {height} pixels; scale it down.");
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidInputException($"{path} is damaged or cut off ({result}); replace or remove the file.");
        return new RgbImage(width, height, DropAlpha(bitmap.GetPixelSpan()));
    }

    /// <summary>Reads one file's header: what <see cref="Decode"/> would refuse, but for damage behind the header.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file, which the message names, is missing, too large or of another format.</exception>
    public static void Check(string path)
    {
        RequireReadable(path);
        try
        {
            using var stream = File.OpenRead(path);
            using var codec = Checked(SKCodec.Create(stream), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    private static SKCodec Checked(SKCodec? codec, string path)
    {
        var problem = codec is null ? "is no image that can be read; JPEG, PNG, WebP or BMP expected"
            : !Formats.Contains(codec.EncodedFormat) ? $"is a {codec.EncodedFormat} file; JPEG, PNG, WebP or BMP expected"
            : codec.Info.Width < 1 || codec.Info.Height < 1 || (long)codec.Info.Width * codec.Info.Height > MaxPixels
                ? $"has {codec.Info.Width} × {codec.Info.Height} pixels; at most {MaxPixels} are read, scale it down"
            : null;
        if (problem is null) return codec!;
        codec?.Dispose();
        throw new InvalidInputException($"{path} {problem}.");
    }

    private static byte[] ReadAll(string path)
    {
        RequireReadable(path);
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    private static void RequireReadable(string path)
    {
        if (FileKind.Problem(path) is { } problem) throw new InvalidInputException($"{path} {problem}; replace or remove it.");
        var file = new FileInfo(path);
        if (!file.Exists) throw new InvalidInputException($"{path} does not exist.");
        if (file.Length == 0) throw new InvalidInputException($"{path} is empty; replace or remove the file.");
        if (file.Length > MaxFileBytes)
            throw new InvalidInputException($"{path} has {file.Length} bytes; at most {MaxFileBytes} are read, scale the image down.");
    }

    private static InvalidInputException Unreadable(string path, Exception error) =>
        new($"{path} cannot be read: {error.Message.ReplaceLineEndings(" ")}", error);

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
