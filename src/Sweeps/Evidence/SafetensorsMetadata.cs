using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Evidence;

/// <summary>
/// Writes metadata strings into the header of a safetensors file, without using the trainer. The bytes of the tensors do not change.
/// </summary>
public static class SafetensorsMetadata
{
    private const string Key = "__metadata__";

    private const int PrefixBytes = 8;

    /// <summary>Returns the file with its metadata replaced.</summary>
    /// <param name="file">A safetensors file.</param>
    /// <param name="metadata">The strings, in the order in which they are written.</param>
    /// <exception cref="InvalidInputException">The bytes are not a safetensors file.</exception>
    public static byte[] Set(byte[] file, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        try
        {
            var length = file.Length < PrefixBytes ? ulong.MaxValue : BinaryPrimitives.ReadUInt64LittleEndian(file);
            if (length > (ulong)(file.Length - PrefixBytes)) throw new InvalidInputException(
                "the stored prompts are not a safetensors file.");
            var data = PrefixBytes + (int)length;
            var header = JsonNode.Parse(file.AsSpan(PrefixBytes, (int)length))!.AsObject();
            header.Remove(Key);
            header.Insert(0, Key, new JsonObject(metadata.Select(pair =>
                KeyValuePair.Create(pair.Key, (JsonNode?)JsonValue.Create(pair.Value)))));
            using var result = new MemoryStream();
            var json = JsonSerializer.SerializeToUtf8Bytes(header);
            // The data starts at a multiple of eight bytes, as the format's alignment requires.
            var padding = (PrefixBytes - (json.Length % PrefixBytes)) % PrefixBytes;
            Span<byte> prefix = stackalloc byte[PrefixBytes];
            BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)(json.Length + padding));
            result.Write(prefix);
            result.Write(json);
            for (var i = 0; i < padding; i++) result.WriteByte((byte)' ');
            result.Write(file.AsSpan(data));
            return result.ToArray();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new InvalidInputException($"the stored prompts are not a safetensors file ({e.Message.ReplaceLineEndings(" ")}).", e);
        }
    }
}
