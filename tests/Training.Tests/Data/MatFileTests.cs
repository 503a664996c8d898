using System.Buffers.Binary;
using System.IO.Compression;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Data.CoOp;

namespace AdaptCluster.Training.Tests.Data;

public sealed class MatFileTests
{
    [Fact]
    public void A_matrix_whose_first_element_is_empty_is_damage()
    {
        Assert.Contains("a matrix has no class", Refused(File(Element(14, Element(6, [])))), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_zlib_does_not_know_are_damage()
    {
        Assert.Contains("cars.mat is damaged", Refused(File(Element(15, [1, 2, 3, 4, 5, 6, 7, 8]))), StringComparison.Ordinal);
    }

    [Fact]
    public void What_unpacks_to_more_than_any_such_file_has_is_refused_before_it_takes_memory()
    {
        var file = File(Compressed(new byte[64 << 20]));
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("has more than", Refused(file), StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 << 20);
    }

    [Fact]
    public void The_bound_holds_for_all_elements_together()
    {
        var element = Compressed(Element(1, new byte[3 << 20]));
        Assert.Contains("has more than", Refused(File([.. element, .. element, .. element])), StringComparison.Ordinal);
    }

    internal static byte[] File(byte[] elements)
    {
        var file = new byte[128 + elements.Length];
        (file[126], file[127]) = ((byte)'I', (byte)'M');
        elements.CopyTo(file, 128);
        return file;
    }

    internal static byte[] Element(uint type, byte[] data)
    {
        // Elements begin at multiples of eight bytes, but for what follows a compressed one.
        var element = new byte[8 + (type == 15 ? data.Length : (data.Length + 7) / 8 * 8)];
        BinaryPrimitives.WriteUInt32LittleEndian(element, type);
        BinaryPrimitives.WriteUInt32LittleEndian(element.AsSpan(4), (uint)data.Length);
        data.CopyTo(element, 8);
        return element;
    }

    /// <summary>A matrix of a class of MATLAB's, with its sizes and name.</summary>
    internal static byte[] Matrix(byte kind, byte[] sizes, string name, byte[] content) =>
        Element(14, [.. Element(6, [kind, 0, 0, 0, 0, 0, 0, 0]), .. Element(5, sizes),
            .. Element(1, System.Text.Encoding.UTF8.GetBytes(name)), .. content]);

    /// <summary>An element that holds another one compressed.</summary>
    internal static byte[] Compressed(byte[] element)
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write(element);
        return Element(15, packed.ToArray());
    }

    private static string Refused(byte[] bytes) =>
        Assert.Throws<InvalidInputException>(() => MatFile.Read(bytes, "cars.mat", "annotations")).Message;
}
