using System.Buffers.Binary;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// Counts an archive's entries and keeps none. ZipArchive makes an object of each before anyone can ask how many there are, and goes on as
/// long as headers follow, whatever number the archive's end gives.
/// </summary>
internal static class ArchiveDirectory
{
    private const int EndBytes = 22, MostCommentBytes = ushort.MaxValue, LocatorBytes = 20, WideEndBytes = 56, HeaderBytes = 46;

    /// <summary>Whether an archive has more entries than a number, by its end or by the headers of its directory.</summary>
    /// <param name="stream">The archive; its position is another one afterwards.</param>
    /// <param name="most">The number.</param>
    /// <returns>False too for what is no archive: whoever unpacks it finds that out.</returns>
    public static bool HasMoreThan(Stream stream, int most)
    {
        if (End(stream) is not { } end) return false;
        if (end.Entries > (ulong)most) return true;
        if (end.Start >= (ulong)stream.Length) return false;
        stream.Position = (long)end.Start;
        var header = new byte[HeaderBytes];
        for (var count = 0; count <= most; count++)
        {
            if (stream.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes) return false;
            if (!header.AsSpan().StartsWith("PK\u0001\u0002"u8)) return false;
            // Behind a header stand its name, its extra fields and its comment.
            stream.Seek(Short(header, 28) + Short(header, 30) + Short(header, 32), SeekOrigin.Current);
        }
        return true;
    }

    /// <summary>The number of entries and the place of the first one's header, by the record at the archive's end.</summary>
    private static (ulong Entries, ulong Start)? End(Stream stream)
    {
        var tail = Read(stream, Math.Max(0, stream.Length - EndBytes - MostCommentBytes), EndBytes + MostCommentBytes);
        if (tail.Length < EndBytes) return null;
        // The last signature that has room for its record, which is the one that ZipArchive takes.
        var at = tail.AsSpan(0, tail.Length - EndBytes + 4).LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0) return null;
        var last = tail.AsSpan(at);
        var (disk, entries, start) = (Short(last, 4), Short(last, 10), BinaryPrimitives.ReadUInt32LittleEndian(last[16..]));
        // Where a number does not fit, a wider record has all of them.
        var isWide = disk == ushort.MaxValue || entries == ushort.MaxValue || start == uint.MaxValue;
        return (isWide ? WideEnd(stream, stream.Length - tail.Length + at) : null) ?? (entries, start);
    }

    private static (ulong Entries, ulong Start)? WideEnd(Stream stream, long end)
    {
        if (end < LocatorBytes + WideEndBytes) return null;
        var locator = Read(stream, end - LocatorBytes, LocatorBytes);
        var place = BinaryPrimitives.ReadUInt64LittleEndian(locator.AsSpan(8));
        if (!locator.AsSpan().StartsWith("PK\u0006\u0007"u8) || place > (ulong)(end - WideEndBytes)) return null;
        var wide = Read(stream, (long)place, WideEndBytes);
        if (!wide.AsSpan().StartsWith("PK\u0006\u0006"u8)) return null;
        return (BinaryPrimitives.ReadUInt64LittleEndian(wide.AsSpan(32)), BinaryPrimitives.ReadUInt64LittleEndian(wide.AsSpan(48)));
    }

    private static ushort Short(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static byte[] Read(Stream stream, long at, int most)
    {
        var bytes = new byte[Math.Min(most, stream.Length - at)];
        stream.Position = at;
        stream.ReadExactly(bytes);
        return bytes;
    }
}
