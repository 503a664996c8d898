using System.Buffers.Binary;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using ICSharpCode.SharpZipLib.Checksum;
using SkiaSharp;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>All memory that grows with an image file is taken from one budget.</summary>
public sealed class DecodeBudgetTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Decoding_takes_the_files_bytes_and_the_pixels()
    {
        var path = _folder.Write("a.bmp", TestImages.Bitmap(TestImages.Pattern(400, 300)));
        var budget = new DecodeBudget(1L << 30);
        ImageFile.Decode(path, budget);
        Assert.InRange(budget.Peak, new FileInfo(path).Length + 400 * 300 * 7, 3 * new FileInfo(path).Length + 400 * 300 * 7);
    }

    [Fact]
    public void A_tiff_takes_the_library_s_strips_as_well()
    {
        var path = _folder.Write("a.tif", TestImages.Tiff(TestImages.Pattern(400, 300)));
        var budget = new DecodeBudget(1L << 30);
        ImageFile.Decode(path, budget);
        Assert.InRange(budget.Peak, 2 * new FileInfo(path).Length + 400 * 300 * 7, long.MaxValue);
    }

    [Fact]
    public void A_look_at_an_ordinary_photo_takes_nothing()
    {
        var path = _folder.Write("a.jpg", TestImages.Encode(TestImages.Pattern(64, 64), SKEncodedImageFormat.Jpeg));
        var budget = new DecodeBudget(1L << 30);
        ImageFile.Check(path, budget);
        Assert.Equal(0, budget.Peak);
    }

    [Theory]
    [InlineData(SKEncodedImageFormat.Jpeg)]
    [InlineData(SKEncodedImageFormat.Png)]
    public void A_look_that_has_to_read_the_whole_file_takes_its_bytes(SKEncodedImageFormat format)
    {
        var image = TestImages.Encode(TestImages.Pattern(64, 64), format);
        var path = _folder.Write("profile.img", format == SKEncodedImageFormat.Jpeg ? WithProfile(image) : WithText(image));
        var budget = new DecodeBudget(1L << 30);
        ImageFile.Check(path, budget);
        Assert.InRange(budget.Peak, new FileInfo(path).Length, 3 * new FileInfo(path).Length);
    }

    [Fact]
    public void What_does_not_begin_as_an_image_is_refused_by_its_first_bytes_alone()
    {
        var path = _folder.Write("film.jpg", new byte[20 << 20]);
        var (budget, before) = (new DecodeBudget(1L << 30), GC.GetAllocatedBytesForCurrentThread());
        Assert.Throws<InvalidInputException>(() => ImageFile.Check(path, budget));
        Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path, budget));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        Assert.Equal(0, budget.Peak);
    }

    [Fact]
    public void Many_threads_never_take_more_than_the_budget_and_all_get_through()
    {
        var path = _folder.Write("a.bmp", TestImages.Bitmap(TestImages.Pattern(200, 150)));
        var one = new DecodeBudget(1L << 30);
        ImageFile.Decode(path, one);
        var budget = new DecodeBudget(one.Peak * 5 / 2);
        var decoded = new byte[40][];
        Parallel.For(0, decoded.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
            decoded[i] = ImageFile.Decode(path, budget).Pixels);
        Assert.InRange(budget.Peak, one.Peak, one.Peak * 5 / 2);
        Assert.All(decoded, pixels => Assert.Equal(decoded[0], pixels));
    }

    [Fact]
    public void An_image_beyond_the_budget_is_decoded_alone()
    {
        var path = _folder.Write("a.bmp", TestImages.Bitmap(TestImages.Pattern(200, 150)));
        var budget = new DecodeBudget(1000);
        Parallel.For(0, 8, _ => ImageFile.Decode(path, budget));
        Assert.Equal(1000, budget.Peak);
    }

    /// <summary>Puts segments of a program's own behind the start mark, longer together than what is read first.</summary>
    private static byte[] WithProfile(byte[] jpeg)
    {
        byte[] segment = [0xFF, 0xE5, 0xFF, 0xFF, .. new byte[65533]];
        return [.. jpeg[..2], .. segment, .. segment, .. jpeg[2..]];
    }

    /// <summary>Puts chunks of a program's own behind the header.</summary>
    private static byte[] WithText(byte[] png)
    {
        const int header = 8 + 25;
        byte[] kindAndData = [.. "teXt"u8, .. new byte[100_000]];
        var crc = new Crc32();
        crc.Update(kindAndData);
        var checksum = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(checksum, (uint)crc.Value);
        return [.. png[..header], 0, 1, 0x86, 0xA0, .. kindAndData, .. checksum, .. png[header..]];
    }
}
