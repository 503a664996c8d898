using System.Buffers.Binary;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data;
using AdaptCluster.Training.Images;
using BitMiracle.LibTiff.Classic;

namespace AdaptCluster.Training.Tests.Data;

/// <summary>The look at a file finds one whose download broke off, and takes every file that decodes.</summary>
public sealed class CutOffTests : IDisposable
{
    private static readonly RgbImage Picture = TestImages.Pattern(63, 41);

    private readonly ScratchFolder _folder = new();

    public static TheoryData<string> Kinds { get; } =
        ["bmp", "bmp with masks", "old bmp", "gif", "tiff", "tiff in planes", "lzw tiff", "deflate tiff"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_cut_off_behind_its_header_is_refused_by_the_look_at_it(string kind)
    {
        var whole = Whole(kind);
        foreach (var left in (int[])[whole.Length / 2, whole.Length * 9 / 10])
        {
            // A library writes the directory of a TIFF behind its pixels; as from a camera, it lies in front of them.
            var isTiff = kind.Contains("tiff", StringComparison.Ordinal);
            var path = _folder.Write("cut.img", isTiff ? WithoutSomePixels(whole, left) : whole[..left]);
            var message = Assert.Throws<InvalidInputException>(() => ImageFile.Check(path)).Message;
            Assert.Contains("cut.img is damaged", message, StringComparison.Ordinal);
            Assert.Throws<InvalidInputException>(() => ImageFile.Decode(path));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void What_is_whole_passes(string kind)
    {
        var path = _folder.Write("whole.img", Whole(kind));
        ImageFile.Check(path);
        ImageFile.Decode(path);
    }

    [Fact]
    public void A_gif_that_lacks_only_its_end_mark_passes_as_its_picture_is_there()
    {
        var path = _folder.Write("a.gif", Whole("gif").AsSpan()[..^1]);
        ImageFile.Check(path);
        ImageFile.Decode(path);
    }

    private static byte[] Whole(string kind) => kind switch
    {
        "bmp" => TestImages.Bitmap(Picture),
        "bmp with masks" => WithMasks(),
        "old bmp" => OldBitmap(),
        "gif" => TestGifs.Of(63, [.. Enumerable.Range(0, 63 * 41).Select(i => (byte)(i * i % 4))]),
        "tiff" => TestTiffs.Of(Picture),
        "tiff in planes" => TestTiffs.Of(Picture, planes: true),
        "lzw tiff" => TestTiffs.Of(Picture, compression: Compression.LZW),
        _ => TestTiffs.Of(Picture, compression: Compression.ADOBE_DEFLATE),
    };

    /// <summary>Moves the directory and what it points to in front of the pixels, of which some are left.</summary>
    private static byte[] WithoutSomePixels(byte[] tiff, int left)
    {
        var start = (int)BinaryPrimitives.ReadUInt32LittleEndian(tiff.AsSpan(4));
        var moved = tiff.Length - start;
        byte[] file = [.. tiff[..8], .. tiff[start..], .. tiff[8..start]];
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 8);
        for (var at = 10; at < 10 + BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(8)) * 12; at += 12)
        {
            var (tag, width) = (BinaryPrimitives.ReadUInt16LittleEndian(file.AsSpan(at)), file[at + 2] == 3 ? 2 : 4);
            var count = BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 4));
            var isPlaced = count * width > 4;
            if (isPlaced) Add(file, at + 8, 4, 8 - start);
            var values = isPlaced ? BinaryPrimitives.ReadInt32LittleEndian(file.AsSpan(at + 8)) : at + 8;
            for (var i = 0; tag == 273 && i < count; i++) Add(file, values + i * width, width, moved);
        }
        return file[..left];
    }

    /// <summary>Adds to a number of two or four bytes in a file.</summary>
    private static void Add(byte[] file, int at, int width, int added)
    {
        var place = file.AsSpan(at);
        if (width == 2) BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(place) + added));
        else BinaryPrimitives.WriteInt32LittleEndian(place, BinaryPrimitives.ReadInt32LittleEndian(place) + added);
    }

    /// <summary>The form of 32 bits a pixel whose masks say where the colours are.</summary>
    private static byte[] WithMasks()
    {
        var file = new byte[66 + 4 * 63 * 41];
        TestImages.Bitmap(Picture).AsSpan(0, 54).CopyTo(file);
        file[10] = 66;
        file[28] = 32;
        file[30] = 3;
        (file[56], file[59], file[62]) = (0xFF, 0xFF, 0xFF);
        file.AsSpan(66).Fill(77);
        return file;
    }

    /// <summary>The form of OS/2 1.x.</summary>
    private static byte[] OldBitmap()
    {
        byte[] file = [.. TestImages.Bitmap(Picture)[..14], 12, 0, 0, 0, 63, 0, 41, 0, 1, 0, 24, 0, .. TestImages.Bitmap(Picture)[54..]];
        file[10] = 26;
        return file;
    }
}
