using System.Buffers.Binary;

namespace AdaptCluster.Training.Data;

/// <summary>Detects truncated image files by their first and last bytes. Most damaged downloads are truncated.</summary>
internal static class ImageEnd
{
    /// <summary>The BMP compression methods for which the image size determines the length of the pixel data.</summary>
    private const uint Uncompressed = 0, WithMasks = 3;

    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D'];

    /// <summary>The end-of-image marker (EOI) of a JPEG.</summary>
    internal static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <summary>The end of a GIF's last block, followed by the trailer.</summary>
    private static ReadOnlySpan<byte> GifEnd => [0, 0x3B];

    /// <summary>Returns a description of a truncated file; null if the file is complete or its format cannot be checked.</summary>
    /// <param name="head">The first bytes of the file.</param>
    /// <param name="tail">The last bytes of the file, which can be data that programs have appended to the image.</param>
    /// <param name="length">The length of the file in bytes.</param>
    public static string? Problem(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, long length)
    {
        if (head is [0x89, (byte)'P', (byte)'N', (byte)'G', ..])
            return tail.IndexOf(PngEnd) < 0 ? "a PNG without the final IEND chunk" : null;
        if (head is [0xFF, 0xD8, ..])
            return IsOnlyZeros(tail) ? "a JPEG that ends in zeros"
                : tail.LastIndexOf(JpegEnd) < 0 ? "a JPEG without an end-of-image marker" : null;
        if (head.StartsWith("GIF8"u8)) return tail.TrimEnd((byte)0).EndsWith(GifEnd) ? null : "a GIF without a trailer";
        if (head is [(byte)'B', (byte)'M', ..]) return BitmapProblem(head, length);
        if (head.Length < 12 || !head.StartsWith("RIFF"u8)) return null;
        var claimed = 8L + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        return claimed > length ? $"a WebP with {length} of its {claimed} bytes" : null;
    }

    private static string? BitmapProblem(ReadOnlySpan<byte> head, long length)
    {
        if (head.Length < 30) return null;
        var start = BinaryPrimitives.ReadUInt32LittleEndian(head[10..]);
        if (start >= length) return $"a BMP of {length} bytes whose pixels begin at byte {start}";
        // The oldest header has two bytes for each dimension and no compression.
        var isOld = BinaryPrimitives.ReadUInt32LittleEndian(head[14..]) == 12;
        if (!isOld && (head.Length < 34 || BinaryPrimitives.ReadUInt32LittleEndian(head[30..]) is not (Uncompressed or WithMasks)))
            return null;
        long width = isOld ? BinaryPrimitives.ReadUInt16LittleEndian(head[18..]) : BinaryPrimitives.ReadInt32LittleEndian(head[18..]);
        long height = isOld ? BinaryPrimitives.ReadUInt16LittleEndian(head[20..]) : BinaryPrimitives.ReadInt32LittleEndian(head[22..]);
        var bits = BinaryPrimitives.ReadUInt16LittleEndian(head[(isOld ? 24 : 28)..]);
        var end = start + (((width * bits) + 31) / 32 * 4 * Math.Abs(height));
        return end > length ? $"a BMP of {length} bytes whose pixels end at byte {end}" : null;
    }

    private static bool IsOnlyZeros(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
