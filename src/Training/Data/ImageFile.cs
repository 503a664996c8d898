using AdaptCluster.Contracts;
using Microsoft.Win32.SafeHandles;
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

    /// <summary>Every file may have this many pixels: they take 256 MiB while they are decoded.</summary>
    public const long FreePixels = (256L << 20) / DecodingBytes;

    /// <summary>
    /// Beyond <see cref="FreePixels"/>, the most pixels of a byte of the file. Photos have about 10, and bombs 300 and more.
    /// </summary>
    public const long MaxPixelsOfByte = 40;

    /// <summary>The most bytes of an image file.</summary>
    public const long MaxFileBytes = 256L << 20;

    /// <summary>The extensions that count as images, as messages list them.</summary>
    public const string ExtensionList = ".jpg, .jpeg, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff";

    /// <summary>Enough for the header of nearly every file.</summary>
    private const int HeadBytes = 64 << 10;

    private const int TailBytes = 4 << 10;

    private const string Expected = "JPEG, PNG, WebP, BMP, GIF or TIFF expected";

    /// <summary>Bytes a pixel while an image is decoded: four as Skia or LibTiff give it, three without alpha.</summary>
    private const int DecodingBytes = 7;

    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif,
    ];

    private static readonly string[] Extensions = ExtensionList.Split(", ");

    /// <summary>Whether a file counts as an image by its extension, in any case.</summary>
    public static bool HasImageExtension(ReadOnlySpan<char> path)
    {
        var extension = Path.GetExtension(path);
        foreach (var known in Extensions)
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Decodes one file.</summary>
    /// <param name="path">JPEG, PNG, WebP, BMP, GIF (its first frame) or TIFF (its first page); its content decides, not its name.</param>
    /// <exception cref="InvalidInputException">
    /// The file, which the message names, is missing, damaged, too large or of another format.
    /// </exception>
    public static RgbImage Decode(string path)
    {
        return DecodeBytes(ReadAll(path), path);
    }

    private static RgbImage DecodeBytes(byte[] bytes, string path)
    {
        if (TiffImage.Is(bytes)) return DecodeTiff(bytes, path);
        // Skia gets no managed stream: an exception of one, thrown under native code, would end the process.
        using var data = SKData.CreateCopy(bytes);
        using var codec = Checked(SKCodec.Create(data), bytes, bytes.Length, path);
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        using var memory = DecodeBudget.Shared.Take((long)width * height * DecodingBytes);

        // Without a colour space Skia leaves the values as they are stored; unpremultiplied, colours under transparency stay as well.
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
            throw new InvalidInputException($"{path}: there is no memory for its {width} × {height} pixels; scale it down.");
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidInputException($"{path} is damaged or cut off ({result}); replace or remove the file.");
        return new RgbImage(width, height, DropAlpha(bitmap.GetPixelSpan()));
    }

    /// <summary>Reads one file's header and end: what <see cref="Decode"/> would refuse, but for damage between the two.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file, which the message names, is missing, cut off, too large or of another
    /// format.</exception>
    public static void Check(string path)
    {
        RequireReadable(path);
        try
        {
            using var file = File.OpenHandle(path);
            var length = RandomAccess.GetLength(file);
            var head = ReadAt(file, 0, Math.Min(length, HeadBytes));
            if (TiffImage.Is(head) || !TryHeader(head, length, path))
            {
                // A TIFF's directory may lie anywhere, and a JPEG's size behind a long colour profile.
                head = ReadAll(path);
                if (TiffImage.Is(head)) RequireSize(TiffImage.Size(head, path), length, path);
                else RequireHeader(head, path);
            }
            if (ImageEnd.Problem(head, ReadAt(file, Math.Max(0, length - TailBytes), Math.Min(length, TailBytes)), length) is { } problem && !IsWholeAllTheSame(head, path))
                throw new InvalidInputException($"{path} is damaged or cut off ({problem}); replace or remove the file.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, error);
        }
    }

    /// <summary>
    /// Whether a JPEG or PNG without its end mark in the tail has its pixels all the same: cameras add films of megabytes behind it, and other programs zeros.
    /// </summary>
    private static bool IsWholeAllTheSame(byte[] head, string path)
    {
        if (head is not ([0xFF, 0xD8, ..] or [0x89, (byte)'P', ..])) return false;
        var bytes = ReadAll(path);
        var filled = bytes.AsSpan().TrimEnd((byte)0);
        // A decoder takes zeros for pixels, so they are no proof of the end.
        if (head[0] == 0xFF && filled.Length < bytes.Length) return filled.EndsWith(ImageEnd.JpegEnd);
        try
        {
            DecodeBytes(bytes, path);
            return true;
        }
        catch (InvalidInputException)
        {
            return false;
        }
    }

    private static bool TryHeader(byte[] head, long fileBytes, string path)
    {
        using var data = SKData.CreateCopy(head);
        if (SKCodec.Create(data) is not { } codec) return false;
        Checked(codec, head, fileBytes, path).Dispose();
        return true;
    }

    private static void RequireHeader(byte[] file, string path)
    {
        using var data = SKData.CreateCopy(file);
        Checked(SKCodec.Create(data), file, file.Length, path).Dispose();
    }

    private static byte[] ReadAt(SafeFileHandle file, long position, long length)
    {
        var bytes = new byte[length];
        var read = 0;
        for (int got; read < bytes.Length && (got = RandomAccess.Read(file, bytes.AsSpan(read), position + read)) > 0;) read += got;
        return read == bytes.Length ? bytes : bytes[..read];
    }

    private static RgbImage DecodeTiff(byte[] bytes, string path)
    {
        var size = TiffImage.Size(bytes, path);
        RequireSize(size, bytes.Length, path);
        using var memory = DecodeBudget.Shared.Take((long)size.Width * size.Height * DecodingBytes);
        return TiffImage.Decode(bytes, path);
    }

    private static void RequireSize((int Width, int Height) size, long fileBytes, string path)
    {
        if (SizeProblem(size.Width, size.Height, fileBytes) is { } problem) throw new InvalidInputException($"{path} {problem}.");
    }

    private static string? SizeProblem(int width, int height, long fileBytes)
    {
        var pixels = (long)width * height;
        if (width < 1 || height < 1 || pixels > MaxPixels)
            return $"has {width} × {height} pixels; at most {MaxPixels} are read, scale it down";
        return pixels > FreePixels && pixels > MaxPixelsOfByte * fileBytes
            ? $"claims {width} × {height} pixels and has only {fileBytes} bytes, as no photo does; scale it down, or save it again"
            : null;
    }

    private static SKCodec Checked(SKCodec? codec, ReadOnlySpan<byte> head, long fileBytes, string path)
    {
        var problem = codec is null ? IsHeif(head)
                ? $"is a HEIC or AVIF image, which is not read; convert it to JPEG, as 'magick {Path.GetFileName(path)} new.jpg' does"
                : $"is no image that can be read; {Expected}"
            : !Formats.Contains(codec.EncodedFormat) ? $"is a {codec.EncodedFormat} file; {Expected}"
            : SizeProblem(codec.Info.Width, codec.Info.Height, fileBytes);
        if (problem is null) return codec!;
        codec?.Dispose();
        throw new InvalidInputException($"{path} {problem}.");
    }

    /// <summary>
    /// Whether bytes begin as the ISO base media files that phones save photos in; no library that the project has decodes them.
    /// </summary>
    private static bool IsHeif(ReadOnlySpan<byte> head) => head.Length >= 12 && head[4..].StartsWith("ftyp"u8)
        && (head[8..].StartsWith("hei"u8) || head[8..].StartsWith("mif1"u8) || head[8..].StartsWith("avi"u8));

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
