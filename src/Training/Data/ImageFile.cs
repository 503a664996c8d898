using System.Runtime.Intrinsics;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Images;
using SkiaSharp;

namespace AdaptCluster.Training.Data;

/// <summary>
/// Decodes image files to the same pixels as PIL's <c>Image.open(path).convert("RGB")</c>: EXIF orientation and colour profiles are
/// ignored, and alpha is dropped, not blended. Files are untrusted.
/// </summary>
public static class ImageFile
{
    /// <summary>The maximum number of pixels of an image: PIL's limit against decompression bombs.</summary>
    public const long MaxPixels = 178_956_970;

    /// <summary>
    /// The number of pixels up to which an image is accepted regardless of its file size. Decoding so many pixels takes 256 MiB.
    /// </summary>
    public const long FreePixels = (256L << 20) / DecodingBytes;

    /// <summary>
    /// The maximum number of pixels per byte of the file, for images with more than <see cref="FreePixels"/> pixels. Photos have about 10,
    /// decompression bombs 300 or more.
    /// </summary>
    public const long MaxPixelsOfByte = 40;

    /// <summary>The maximum size of an image file in bytes.</summary>
    public const long MaxFileBytes = 256L << 20;

    /// <summary>The file extensions recognized as images, formatted for messages.</summary>
    public const string ExtensionList = ".jpg, .jpeg, .jfif, .png, .webp, .bmp, .gif, .tif, .tiff";

    private const string Expected = "use JPEG, PNG, WebP, BMP, GIF or TIFF";

    /// <summary>The number of bytes per pixel during decoding: four from Skia or LibTiff, and three for the result without alpha.</summary>
    private const int DecodingBytes = 7;

    /// <summary>The number of copies of the file in memory: the bytes read from disk and the decoder's copy.</summary>
    private const int Copies = 2;

    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif,
    ];

    /// <summary>The shuffle indices that drop alpha from four RGBA pixels. The last four bytes of the result are zero.</summary>
    private static readonly Vector128<byte> WithoutAlpha =
        Vector128.Create((byte)0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255);

    private static readonly string[] Extensions = ExtensionList.Split(", ");

    /// <summary>Whether a file has an image extension, ignoring case.</summary>
    public static bool HasImageExtension(ReadOnlySpan<char> path)
    {
        var extension = Path.GetExtension(path);
        foreach (var known in Extensions)
            if (extension.Equals(known, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Decodes one file.</summary>
    /// <param name="path">A JPEG, PNG, WebP, BMP, GIF (first frame) or TIFF (first page) file. The format is detected from the content, not
    /// from the name.</param>
    /// <exception cref="InvalidInputException">The file is missing, damaged, too large or in an unsupported format; the message names
    /// it.</exception>
    public static RgbImage Decode(string path) => Decode(path, DecodeBudget.Shared);

    /// <summary>
    /// Checks the header and the end of one file. This finds every fault that would make <see cref="Decode(string)"/> fail, except damage
    /// between the header and the end.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidInputException">The file is missing, truncated, too large or in an unsupported format; the message names
    /// it.</exception>
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
            throw new InvalidInputException($"{path} is damaged or truncated ({problem}); replace or remove the file.");
    }

    /// <summary>Returns the number of bytes that decoding needs: the file, the decoder's copy of the file, and the pixels.</summary>
    private static long DecodingMemory(OpenImage file, DecodeBudget budget)
    {
        if (Pixels(file.Head, file.Length, file.Path) is not { } pixels)
        {
            // A TIFF's directory may be anywhere in the file, and an image's size may follow a long colour profile.
            if (!IsKnown(file.Head)) throw Unknown(file.Head, file.Path);
            using var memory = budget.Take(Copies * file.Length);
            pixels = Pixels(file.All(), file.Length, file.Path) ?? throw Unknown(file.Head, file.Path);
        }
        return Copies * file.Length + pixels;
    }

    /// <summary>Returns the number of bytes that the pixels need during decoding; null if the header is incomplete.</summary>
    private static long? Pixels(byte[] bytes, long fileBytes, string path)
    {
        if (TiffImage.Is(bytes))
        {
            if (bytes.Length < fileBytes) return null;
            var (size, buffers) = TiffImage.Measure(bytes, path);
            RequireSize(size, fileBytes, path);
            return (long)size.Width * size.Height * DecodingBytes + buffers;
        }
        // Skia does not read from a managed stream, because an exception that the stream throws inside native code would terminate the
        // process.
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

        // Without a colour space, Skia keeps the stored values. Unpremultiplied alpha keeps the colours of transparent pixels too.
        var (width, height) = (codec.Info.Width, codec.Info.Height);
        using var bitmap = new SKBitmap();
        if (!bitmap.TryAllocPixels(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul)))
            throw new InvalidInputException($"{path}: not enough memory for its {width} × {height} pixels; scale it down.");
        var result = codec.GetPixels(bitmap.Info, bitmap.GetPixels());
        if (result != SKCodecResult.Success)
            throw new InvalidInputException($"{path} is damaged or truncated ({result}); replace or remove the file.");
        return new RgbImage(width, height, DropAlpha(bitmap.GetPixelSpan(), uncovered));
    }

    /// <summary>
    /// Whether an image is complete even though its tail has no end marker. Cameras append megabytes of video and other programs append
    /// zeros; of a GIF, only the first frame is read.
    /// </summary>
    private static bool IsWholeAllTheSame(OpenImage file)
    {
        if (file.Head is not ([0xFF, 0xD8, ..] or [0x89, (byte)'P', ..]) && !GifFrame.Is(file.Head)) return false;
        var bytes = file.All();
        var filled = bytes.AsSpan().TrimEnd((byte)0);
        // A decoder accepts zeros as pixels, so successful decoding does not prove that the image is complete.
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
            return $"has {width} × {height} pixels, more than the limit of {MaxPixels}; scale it down";
        return pixels > FreePixels && pixels > MaxPixelsOfByte * fileBytes
            ? $"claims {width} × {height} pixels but has only {fileBytes} bytes, too few for a photo; scale it down or save it again"
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
        ? $"{path} is a HEIC or AVIF image, which is not supported; convert it to JPEG, for example with "
            + $"'magick {Path.GetFileName(path)} new.jpg'."
        : $"{path} is not a readable image; {Expected}.");

    /// <summary>Whether the bytes begin with the signature of a supported format. Other files are not read to the end.</summary>
    private static bool IsKnown(ReadOnlySpan<byte> head) => TiffImage.Is(head) || GifFrame.Is(head)
        || head is [0xFF, 0xD8, ..] or [0x89, (byte)'P', ..] or [(byte)'B', (byte)'M', ..] || head.StartsWith("RIFF"u8);

    /// <summary>
    /// Whether the bytes begin with the signature of HEIF or AVIF. Phones save photos in these formats, but no library used here can decode
    /// them.
    /// </summary>
    private static bool IsHeif(ReadOnlySpan<byte> head) => head.Length >= 12 && head[4..].StartsWith("ftyp"u8)
        && (head[8..].StartsWith("hei"u8) || head[8..].StartsWith("mif1"u8) || head[8..].StartsWith("avi"u8));

    /// <param name="rgba">The RGBA pixels.</param>
    /// <param name="uncovered">The new colour for transparent pixels; null to keep their stored colour.</param>
    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba, (byte Red, byte Green, byte Blue)? uncovered)
    {
        var rgb = new byte[rgba.Length / 4 * 3];
        var (from, to) = (0, 0);
        if (uncovered is null && Vector128.IsHardwareAccelerated)
        {
            // Writes four pixels at a time; the next four pixels overwrite the last four bytes.
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
