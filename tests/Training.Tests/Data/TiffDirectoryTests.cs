using System.Buffers.Binary;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>What the directory of a TIFF claims is compared with the bytes of the file before anything takes memory by it.</summary>
public sealed class TiffDirectoryTests : IDisposable
{
    private const int EntryBytes = 12;

    /// <summary>More than a reader may take for a file of a few hundred bytes.</summary>
    private const long FewBytes = 4 << 20;

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(256, 0x7FFFFFFF, "pixels")]
    [InlineData(257, 0x7FFFFFFF, "pixels")]
    [InlineData(256, 0, "pixels")]
    [InlineData(258, 64, "channels of 64 bits")]
    [InlineData(259, 7, "compression 7 is not supported")]
    [InlineData(277, 60000, "60000 channels")]
    [InlineData(278, 0, "9 rows in strips of 0")]
    public void A_claim_that_the_bytes_cannot_hold_is_refused_without_taking_memory(int tag, uint value, string message)
    {
        var bytes = TestImages.Tiff(TestImages.Pattern(13, 9));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Entry(bytes, tag) + 8), value);
        Assert.Contains(message, Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_entry_with_more_values_than_the_file_has_bytes_is_refused()
    {
        var bytes = TestImages.Tiff(TestImages.Pattern(13, 9));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(Entry(bytes, 273) + 4), 0x10000000);
        Assert.Contains("entry 273 of its directory would have", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_directory_beyond_the_end_is_refused()
    {
        var bytes = TestImages.Tiff(TestImages.Pattern(13, 9));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4), (uint)bytes.Length);
        Assert.Contains("its directory would begin at byte", Refused(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_entry_that_no_pixel_depends_on_is_let_be()
    {
        var image = TestImages.Pattern(13, 9);
        var bytes = TestImages.Tiff(image);
        // The last entry is the strip's length, which LibTiff can work out; call it a copyright without any text.
        var entry = bytes.AsSpan(Entry(bytes, 279));
        BinaryPrimitives.WriteUInt16LittleEndian(entry, 33432);
        BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], 2);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], 0);
        Assert.Equal(image.Pixels, ImageFile.Decode(_folder.Write("a.tif", bytes)).Pixels);
    }

    private string Refused(byte[] bytes)
    {
        var path = _folder.Write("a.tif", bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var message = Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message;
        Assert.Equal(message, Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path)).Message);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, FewBytes);
        Assert.Contains(path, message, StringComparison.Ordinal);
        return message;
    }

    /// <summary>Where the entry of a tag begins.</summary>
    private static int Entry(byte[] bytes, int tag)
    {
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
        var entries = BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(start));
        return Enumerable.Range(0, entries).Select(i => start + 2 + i * EntryBytes)
            .Single(at => BinaryPrimitives.ReadUInt16LittleEndian(bytes.AsSpan(at)) == tag);
    }
}
