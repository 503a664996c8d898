using System.Runtime.Intrinsics;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
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

    private const string Expected = "JPEG, PNG, WebP, BMP, GIF or TIFF expected";

    /// <summary>Bytes a pixel while an image is decoded: four as Skia or LibTiff give it, three without alpha.</summary>
    private const int DecodingBytes = 7;

    /// <summary>A file's bytes are read, and a decoder copies them.</summary>
    private const int Copies = 2;

    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif,
    ];

    /// <summary>Where the colours of four pixels of four bytes are; the last four places stay empty.</summary>
    private static readonly Vector128<byte> WithoutAlpha =
        Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);

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
    public static RgbImage Decode(string path) => Decode(path, DecodeBudget.Shared);

    /// <summary>Reads one file's header and end: what <see cref="Decode(string)"/> would refuse, but for damage between the two.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file, which the message names, is missing, cut off, too large or of another
    /// format.</exception>
    public static void Check(string path) => Check(path, DecodeBudget.Shared);

    internal static RgbImage Decode(string path, DecodeBudget budget)
    {
        using var file = new OpenImage(path);
        using var memory = budget.Take(DecodingMemory(file, budget));
        return DecodeBytes(file.All(), path);
    }

    internal static void Check(string path, DecodeBudget budget)
    {
        using var file = new OpenImage(path);
        var needed = DecodingMemory(file, budget);
        if (ImageEnd.Problem(file.Head, file.Tail(), file.Length) is not { } problem) return;
        using var memory = budget.Take(needed);
        if (!IsWholeAllTheSame(file))
            throw new InvalidInputException($"{path} is damaged or cut off ({problem}); replace or remove the file.");
    }

    /// <summary>The bytes that decoding takes: the file, the copy of it that a decoder has, and the pixels.</summary>
    private static long DecodingMemory(OpenImage file, DecodeBudget budget)
    {
        if (Pixels(file.Head, file.Length, file.Path) is not { } pixels)
        {
            // A TIFF's directory may lie anywhere, and an image's size behind a long colour profile.
            if (!IsKnown(file.Head)) throw Unknown(file.Head, file.Path);
            using var memory = budget.Take(Copies * file.Length);
            pixels = Pixels(file.All(), file.Length, file.Path) ?? throw Unknown(file.Head, file.Path);
        }
        return Copies * file.Length + pixels;
    }

    /// <summary>The bytes that the pixels take while they are decoded; null where there is no whole header.</summary>
    private static long? Pixels(byte[] bytes, long fileBytes, string path)
    {
        if (TiffImage.Is(bytes))
        {
            if (bytes.Length < fileBytes) return null;
            var (size, buffers) = TiffImage.Measure(bytes, path);
            RequireSize(size, fileBytes, path);
            return (long)size.Width * size.Height * DecodingBytes + buffers;
        }
        // Skia gets no managed stream: an exception of one, thrown under native code, would end the process.
        using var data = SKData.CreateCopy(bytes);
        if (SKCodec.Create(data) is not { } created) return null;
        using var codec = Checked(created, fileBytes, path);
        return (long)codec.Info.Width * codec.Info.Height * DecodingBytes;
    }

    private static RgbImage DecodeBytes(byte[] bytes, string path)
    {
        if (TiffImage.Is(bytes))
        {
            RequireSize(TiffImage.Measure(bytes, path).Size, bytes.Length, path);
            return TiffImage.Decode(bytes, path);
        }
        (byte Red, byte Green, byte Blue)? uncovered = GifFrame.Is(bytes) ? GifFrame.MakeOpaque(bytes) : null;
        using var data = SKData.CreateCopy(bytes);
        using var codec = Checked(SKCodec.Create(data) ?? throw Unknown(bytes, path), bytes.Length, path);

        // Without a colour space Skia leaves the values as they are stored; unpremultiplied, colours under transparency stay as well.
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
            throw new InvalidInputException($"{path}: there is no memory for its {width} × {height} pixels; scale it down.");
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidInputException($"{path} is damaged or cut off ({result}); replace or remove the file.");
        return new RgbImage(width, height, DropAlpha(bitmap.GetPixelSpan(), uncovered));
    }

    /// <summary>
    /// Whether an image without its end mark in the tail has its pixels all the same: cameras add films of megabytes behind it, other
    /// programs zeros, and a GIF's later frames are not read.
    /// </summary>
    private static bool IsWholeAllTheSame(OpenImage file)
    {
        if (file.Head is not ([0xFF, 0xD8, ..] or [0x89, (byte)'P', ..]) && !GifFrame.Is(file.Head)) return false;
        var bytes = file.All();
        var filled = bytes.AsSpan().TrimEnd((byte)0);
        // A decoder takes zeros for pixels, so they are no proof of the end.
        if (file.Head[0] == 0xFF && filled.Length < bytes.Length) return filled.EndsWith(ImageEnd.JpegEnd);
        try
        {
            DecodeBytes(bytes, file.Path);
            return true;
        }
        catch (InvalidInputException)
        {
            return false;
        }
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

    private static SKCodec Checked(SKCodec codec, long fileBytes, string path)
    {
        var problem = !Formats.Contains(codec.EncodedFormat) ? $"is a {codec.EncodedFormat} file; {Expected}"
            : SizeProblem(codec.Info.Width, codec.Info.Height, fileBytes);
        if (problem is null) return codec;
        codec.Dispose();
        throw new InvalidInputException($"{path} {problem}.");
    }

    private static InvalidInputException Unknown(ReadOnlySpan<byte> head, string path) => new(IsHeif(head)
        ? $"{path} is a HEIC or AVIF image, which is not read; convert it to JPEG, as 'magick {Path.GetFileName(path)} new.jpg' does."
        : $"{path} is no image that can be read; {Expected}.");

    /// <summary>Whether bytes begin as a format that is read; nothing else is worth reading to its end.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> head) => TiffImage.Is(head) || GifFrame.Is(head)
        || head is [0xFF, 0xD8, ..] or [0x89, (byte)'P', ..] or [(byte)'B', (byte)'M', ..] || head.StartsWith("RIFF"u8);

    /// <summary>
    /// Whether bytes begin as the ISO base media files that phones save photos in; no library that the project has decodes them.
    /// </summary>
    private static bool IsHeif(ReadOnlySpan<byte> head) => head.Length >= 12 && head[4..].StartsWith("ftyp"u8)
        && (head[8..].StartsWith("hei"u8) || head[8..].StartsWith("mif1"u8) || head[8..].StartsWith("avi"u8));

    /// <param name="rgba">The pixels.</param>
    /// <param name="uncovered">The colour of pixels that are transparent; null where they have one of their own.</param>
    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba, (byte Red, byte Green, byte Blue)? uncovered)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        var (from, to) = (0, 0);
        if (uncovered is null && Vector128.IsHardwareAccelerated)
        {
            // Four pixels at once; the last four bytes that are written are those of the next ones.
            for (; to <= rgb.Length - Vector128<byte>.Count; from += Vector128<byte>.Count, to += 12)
                Vector128.Shuffle(Vector128.Create(rgba[from..]), WithoutAlpha).CopyTo(rgb.AsSpan(to));
        }
        for (; from < rgba.Length; from += 4, to += 3)
        {
            var isUncovered = uncovered is not null && rgba[from + 3] == 0;
            (rgb[to], rgb[to + 1], rgb[to + 2]) = isUncovered ? uncovered!.Value : (rgba[from], rgba[from + 1], rgba[from + 2]);
        }
        return rgb;
    }
}
