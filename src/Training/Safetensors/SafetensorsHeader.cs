using System.Text.Json;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Safetensors;

/// <summary>
/// Parses the JSON header of a safetensors file. The header is untrusted: sizes are checked before anything is allocated, and the tensors
/// must cover the data section exactly, without gaps or overlaps.
/// </summary>
internal sealed class SafetensorsHeader
{
    private const string MetadataKey = "__metadata__";
    private const int MaxRank = 32;
    private readonly string _source;
    private readonly long _dataLength;
    private readonly Dictionary<string, SafetensorsEntry> _entries = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _sawMetadata;

    private SafetensorsHeader(string source, long dataLength) => (_source, _dataLength) = (source, dataLength);

    /// <summary>The tensors, keyed by name.</summary>
    internal IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The header's free-form strings.</summary>
    internal IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Parses and validates a header.</summary>
    /// <param name="json">The bytes of the header.</param>
    /// <param name="dataLength">The number of bytes in the file after the header.</param>
    /// <param name="source">The name of the file in messages.</param>
    /// <exception cref="InvalidInputException">The header is not valid.</exception>
    internal static SafetensorsHeader Parse(ReadOnlyMemory<byte> json, long dataLength, string source)
    {
        var header = new SafetensorsHeader(source, dataLength);
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 8 });
            header.ReadAll(document.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name or string contains half of a surrogate pair.
            throw new InvalidInputException(
                $"{source}: the header is not valid JSON ({e.Message.ReplaceLineEndings(" ")}); the file is damaged.", e);
        }
        header.CheckLayout();
        return header;
    }

    private void ReadAll(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw Bad("the header must be a JSON object");
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == MetadataKey)
            {
                ReadMetadata(property.Value);
                continue;
            }
            var entry = ReadEntry(property.Name, property.Value);
            if (!_entries.TryAdd(entry.Name, entry)) throw Bad($"tensor '{entry.Name}' occurs twice in the header");
        }
    }

    private void ReadMetadata(JsonElement value)
    {
        if (_sawMetadata) throw Bad($"'{MetadataKey}' occurs twice in the header");
        _sawMetadata = true;
        if (value.ValueKind != JsonValueKind.Object) throw Bad($"'{MetadataKey}' must be an object of strings");
        foreach (var item in value.EnumerateObject())
        {
            if (item.Value.ValueKind != JsonValueKind.String) throw Bad($"'{MetadataKey}.{item.Name}' must be a string");
            if (!_metadata.TryAdd(item.Name, item.Value.GetString()!)) throw Bad($"'{MetadataKey}.{item.Name}' occurs twice in the header");
        }
    }

    private SafetensorsEntry ReadEntry(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Object) throw Bad($"tensor '{name}' must be described by an object");
        JsonElement? dtype = null, shape = null, offsets = null;
        foreach (var field in value.EnumerateObject())
        {
            var seen = field.Name switch
            {
                "dtype" => Fill(ref dtype, field.Value),
                "shape" => Fill(ref shape, field.Value),
                "data_offsets" => Fill(ref offsets, field.Value),
                _ => throw Bad($"tensor '{name}' has an unknown field '{field.Name}'"),
            };
            if (seen) throw Bad($"tensor '{name}' has the field '{field.Name}' twice");
        }
        if (dtype is null || shape is null || offsets is null) throw Bad($"tensor '{name}' needs dtype, shape and data_offsets");
        return MakeEntry(name, dtype.Value, ReadNumbers(name, "shape", shape.Value), ReadNumbers(name, "data_offsets", offsets.Value));
    }

    private static bool Fill(ref JsonElement? slot, JsonElement value)
    {
        var seen = slot is not null;
        slot = value;
        return seen;
    }

    private SafetensorsEntry MakeEntry(string name, JsonElement dtype, long[] shape, long[] offsets)
    {
        var dtypeName = dtype.ValueKind == JsonValueKind.String ? dtype.GetString()! : dtype.GetRawText();
        if (SafetensorsDtype.Find(dtypeName) is not { } type)
            throw Bad($"tensor '{name}' has dtype {dtypeName}; supported dtypes are {SafetensorsDtype.Names}");
        if (offsets is not [var begin, var end] || begin > end || end > _dataLength)
            throw Bad($"tensor '{name}' has data_offsets [{string.Join(", ", offsets)}]; expected two ordered numbers up to {_dataLength}");
        long bytes = type.Size, strides = type.Size;
        try
        {
            foreach (var size in shape)
            {
                bytes = checked(bytes * size);
                // An empty tensor also has strides, which libtorch computes as if no size were 0.
                strides = checked(strides * Math.Max(1, size));
            }
        }
        catch (OverflowException)
        {
            throw Bad($"tensor '{name}' of shape [{string.Join(", ", shape)}] needs more bytes than any file can have");
        }
        if (bytes != end - begin)
        {
            var form = $"shape [{string.Join(", ", shape)}] and dtype {dtypeName}";
            throw Bad($"tensor '{name}' of {form} takes {bytes} bytes, but its data_offsets span {end - begin}");
        }
        return new SafetensorsEntry { Name = name, Dtype = dtypeName, ScalarType = type.Type, Shape = shape, Begin = begin, End = end };
    }

    private long[] ReadNumbers(string name, string field, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > MaxRank)
            throw Bad($"tensor '{name}': {field} must be an array of at most {MaxRank} numbers");
        var numbers = new long[value.GetArrayLength()];
        for (var i = 0; i < numbers.Length; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number || !value[i].TryGetInt64(out numbers[i]) || numbers[i] < 0)
                throw Bad($"tensor '{name}': {field} contains {value[i].GetRawText()}; expected a whole number of at least 0");
        }
        return numbers;
    }

    private void CheckLayout()
    {
        var position = 0L;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < position) throw Bad($"tensor '{entry.Name}' overlaps the previous tensor at byte {entry.Begin} of the data");
            if (entry.Begin > position) throw Bad($"bytes {position} to {entry.Begin} of the data do not belong to any tensor");
            position = entry.End;
        }
        if (position != _dataLength) throw Bad($"{_dataLength - position} bytes at the end do not belong to any tensor");
    }

    private InvalidInputException Bad(string what) => new($"{_source}: {what}; the file is damaged or not a safetensors file.");
}
