using System.Buffers.Binary;

namespace AdaptCluster.Local.Fetching;

/// <summary>
/// Counts an archive's entries without storing them. ZipArchive creates an object for each entry before the count can be read, and it
/// continues as long as headers follow, regardless of the count in the archive's end record.
/// </summary>
internal static class ArchiveDirectory
{
    private const int EndBytes = 22, MostCommentBytes = ushort.MaxValue, LocatorBytes = 20, WideEndBytes = 56, HeaderBytes = 46;

    /// <summary>Whether an archive has more entries than a limit, according to its end record or to the headers of its directory.</summary>
    /// <param name="stream">The archive. Its position changes.</param>
    /// <param name="most">The limit.</param>
    /// <returns>Also false for a file that is not an archive; unpacking reports that error.</returns>
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
            // A header is followed by its name, extra fields and comment.
            stream.Seek(Short(header, 28) + Short(header, 30) + Short(header, 32), SeekOrigin.Current);
        }
        return true;
    }

    /// <summary>Reads the number of entries and the position of the first header from the record at the end of the archive.</summary>
    private static (ulong Entries, ulong Start)? End(Stream stream)
    {
        var tail = Read(stream, Math.Max(0, stream.Length - EndBytes - MostCommentBytes), EndBytes + MostCommentBytes);
        if (tail.Length < EndBytes) return null;
        // The last signature with enough room for its record, which is the one that ZipArchive uses.
        var at = tail.AsSpan(0, tail.Length - EndBytes + 4).LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0) return null;
        var last = tail.AsSpan(at);
        var (disk, entries, start) = (Short(last, 4), Short(last, 10), BinaryPrimitives.ReadUInt32LittleEndian(last[16..]));
        // If a number does not fit, the zip64 record contains all of them.
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
