using System.Buffers.Binary;

namespace AdaptCluster.Training.Data;

/// <summary>Tells from its first and last bytes whether an image file is all there; most damaged downloads are cut off.</summary>
internal static class ImageEnd
{
    private static ReadOnlySpan<byte> PngEnd => [0, 0, 0, 0, (byte)'I', (byte)'E', (byte)'N', (byte)'D'];

    /// <summary>The mark behind a JPEG's last pixel.</summary>
    internal static ReadOnlySpan<byte> JpegEnd => [0xFF, 0xD9];

    /// <summary>What is missing; null where nothing is, or where the format has no mark of its end.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="tail">The last bytes; other programs may have added some behind the image's end.</param>
    /// <param name="length">Bytes of the file.</param>
    public static string? Problem(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, long length)
    {
        if (head is [0x89, (byte)'P', (byte)'N', (byte)'G', ..])
            return tail.IndexOf(PngEnd) < 0 ? "a PNG without its last chunk, IEND" : null;
        if (head is [0xFF, 0xD8, ..])
            return IsOnlyZeros(tail) ? "a JPEG that ends in zeros" : tail.LastIndexOf(JpegEnd) < 0 ? "a JPEG without its end mark" : null;
        if (head is [(byte)'B', (byte)'M', ..] && head.Length >= 14)
        {
            var start = BinaryPrimitives.ReadUInt32LittleEndian(head[10..]);
            return start >= length ? $"a BMP whose pixels begin at byte {start}, of {length}" : null;
        }
        if (head.Length < 12 || !head.StartsWith("RIFF"u8)) return null;
        var claimed = 8L + BinaryPrimitives.ReadUInt32LittleEndian(head[4..]);
        return claimed > length ? $"a WebP of {claimed} bytes of which {length} are there" : null;
    }

    private static bool IsOnlyZeros(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept((byte)0);
}
