using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Evidence;

namespace AdaptCluster.Sweeps.Tests.Evidence;

/// <summary>Metadata written into a safetensors file without the trainer.</summary>
public sealed class SafetensorsMetadataTests
{
    [Theory]
    [InlineData("""{"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"__metadata__":{"old":"1"},"t":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  """)]
    public void The_strings_replace_those_that_there_were_and_the_tensors_stay(string header)
    {
        byte[] data = [1, 2, 3, 4, 5, 6, 7, 8];

        var file = SafetensorsMetadata.Set(Safetensors(header, data), [new("method", "coop"), new("template", "ein \"{}\"")]);

        var length = (int)BitConverter.ToUInt64(file);
        Assert.Equal(0, (8 + length) % 8);
        var read = JsonNode.Parse(file.AsSpan(8, length))!.AsObject();
        Assert.Equal(["__metadata__", "t"], read.Select(pair => pair.Key));
        Assert.Equal(["method", "template"], read["__metadata__"]!.AsObject().Select(pair => pair.Key));
        Assert.Equal("ein \"{}\"", (string?)read["__metadata__"]!["template"]);
        Assert.Equal([0, 8], read["t"]!["data_offsets"]!.AsArray().Select(offset => (int)offset!));
        Assert.Equal(data, file[(8 + length)..]);
    }

    [Fact]
    public void Bytes_that_are_no_such_file_are_refused()
    {
        foreach (var bytes in (byte[][])[[], [1, 2, 3], [255, 0, 0, 0, 0, 0, 0, 0, 1], Safetensors("[1]", []), Safetensors("{", [])])
            Assert.Throws<InvalidInputException>(() => SafetensorsMetadata.Set(bytes, []));
    }

    private static byte[] Safetensors(string header, byte[] data)
    {
        var json = Encoding.UTF8.GetBytes(header);
        return [.. BitConverter.GetBytes((ulong)json.Length), .. json, .. data];
    }
}
