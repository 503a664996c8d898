using System.Buffers.Binary;
using System.Text;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Safetensors;
using CsCheck;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Safetensors;

public sealed class HostileSafetensorsTests
{
    private const string Source = "model.safetensors";

    [Fact]
    public void A_file_cut_at_any_length_is_refused_by_name()
    {
        var whole = SmallFile();
        for (var length = 0; length < whole.Length; length++)
        {
            var error = Assert.Throws<InvalidInputException>(() => ReadAll(whole[..length]));
            Assert.StartsWith(Source, error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', error.Message);
        }
    }

    [Fact]
    public void A_file_with_flipped_bits_is_read_or_refused_and_nothing_else()
    {
        var whole = SmallFile();
        Gen.Int[0, whole.Length * 8 - 1].Array[1, 4].Sample(flips =>
        {
            var bytes = (byte[])whole.Clone();
            foreach (var flip in flips) bytes[flip / 8] ^= (byte)(1 << (flip % 8));
            try
            {
                ReadAll(bytes);
            }
            catch (InvalidInputException)
            {
            }
        }, iter: 3000, threads: 1);
    }

    [Fact]
    public void A_file_of_noise_is_refused()
    {
        Gen.Byte.Array[0, 100].Sample(bytes => { Assert.Throws<InvalidInputException>(() => ReadAll(bytes)); }, iter: 500, threads: 1);
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData((ulong)long.MaxValue + 1)]
    [InlineData(100_000_001UL)]
    [InlineData(50_000_000UL)]
    public void A_header_length_beyond_the_file_or_the_limit_is_refused_before_anything_is_allocated(ulong length)
    {
        var bytes = new byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, length);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<InvalidInputException>(() => ReadAll(bytes));
        Assert.Contains($"{length} bytes", error.Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000);
    }

    [Theory]
    [InlineData("""[]""", "must be a JSON object")]
    [InlineData("""{"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"x":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "twice")]
    [InlineData("""{"x":{"dtype":"F8","shape":[8],"data_offsets":[0,8]}}""", "dtype F8; supported dtypes are F64, F32")]
    [InlineData("""{"x":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}""", "'x': shape contains -2")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}""", "'x': shape contains 1.5")]
    [InlineData("""{"x":{"dtype":"F32","shape":[0,9223372036854775807,9223372036854775807],"data_offsets":[0,0]}}""",
        "more bytes than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""", "more bytes than any file")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}""", "takes 12 bytes, but its data_offsets span 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}""", "expected two ordered numbers up to 8")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}""", "two ordered numbers")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}""", "two ordered numbers")]
    [InlineData("""{"x":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"y":{"dtype":"U8","shape":[8],"data_offsets":[0,8]}}""", "overlap")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}""", "bytes 0 to 4 of the data do not belong to any tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}""", "4 bytes at the end do not belong to any tensor")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2]}}""", "'x' needs dtype, shape and data_offsets")]
    [InlineData("""{"x":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "'dtype' twice")]
    [InlineData("""{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1}}""", "unknown field 'more'")]
    [InlineData("""{"x":3}""", "'x' must be described by an object")]
    [InlineData("""{"__metadata__":{"a":1}}""", "'__metadata__.a' must be a string")]
    [InlineData("""{"\ud800":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""", "not valid JSON")]
    [InlineData("""{"x":[[[[[[[[[[[[]]]]]]]]]]]]}""", "not valid JSON")]
    public void A_header_that_lies_is_refused_with_what_was_found(string header, string expected)
    {
        var error = Assert.Throws<InvalidInputException>(() => ReadAll(WithHeader(header, dataLength: 8)));
        Assert.StartsWith(Source, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public void A_missing_tensor_is_an_error_that_names_file_and_tensor()
    {
        using var file = SafetensorsFile.Read(SmallFile(), Source);
        var error = Assert.Throws<InvalidInputException>(() => file.ToTensor("absent"));
        Assert.Equal("model.safetensors: the file has no tensor 'absent'.", error.Message);
    }

    [Fact]
    public void A_missing_file_is_an_error_that_names_it()
    {
        var error = Assert.Throws<InvalidInputException>(() => SafetensorsFile.Open("/nowhere/at-all.safetensors"));
        Assert.StartsWith("/nowhere/at-all.safetensors: cannot be opened", error.Message, StringComparison.Ordinal);
    }

    private static byte[] SmallFile()
    {
        using var scope = torch.NewDisposeScope();
        return SafetensorsWriter.ToBytes(
            new Dictionary<string, torch.Tensor> { ["a"] = torch.ones(2, 3), ["b"] = torch.zeros(3, dtype: torch.uint8) },
            new Dictionary<string, string> { ["k"] = "v" });
    }

    private static byte[] WithHeader(string header, int dataLength)
    {
        var json = Encoding.UTF8.GetBytes(header);
        var bytes = new byte[8 + json.Length + dataLength];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)json.Length);
        json.CopyTo(bytes, 8);
        return bytes;
    }

    private static void ReadAll(byte[] bytes)
    {
        using var scope = torch.NewDisposeScope();
        using var file = SafetensorsFile.Read(bytes, Source);
        foreach (var name in file.Entries.Keys) file.ToTensor(name);
    }
}
