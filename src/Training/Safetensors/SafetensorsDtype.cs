using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>The element types of the safetensors format that a Torch tensor can hold, under the names that the header uses.</summary>
internal static class SafetensorsDtype
{
    private static readonly (string Name, int Size, torch.ScalarType Type)[] _all =
    [
        ("F64", 8, torch.ScalarType.Float64),
        ("F32", 4, torch.ScalarType.Float32),
        ("F16", 2, torch.ScalarType.Float16),
        ("BF16", 2, torch.ScalarType.BFloat16),
        ("I64", 8, torch.ScalarType.Int64),
        ("I32", 4, torch.ScalarType.Int32),
        ("I16", 2, torch.ScalarType.Int16),
        ("I8", 1, torch.ScalarType.Int8),
        ("U8", 1, torch.ScalarType.Byte),
        ("BOOL", 1, torch.ScalarType.Bool),
    ];

    /// <summary>The names, for messages.</summary>
    internal static string Names { get; } = string.Join(", ", _all.Select(d => d.Name));

    /// <summary>Bytes of one element and the Torch type; null for a name that is not among <see cref="Names"/>.</summary>
    internal static (int Size, torch.ScalarType Type)? Find(string name)
    {
        foreach (var dtype in _all)
        {
            if (dtype.Name == name) return (dtype.Size, dtype.Type);
        }
        return null;
    }

    /// <summary>The header's name of a Torch type.</summary>
    /// <exception cref="ArgumentException">The format has no such type.</exception>
    internal static string NameOf(torch.ScalarType type)
    {
        foreach (var dtype in _all)
        {
            if (dtype.Type == type) return dtype.Name;
        }
        throw new ArgumentException($"Tensors of type {type} cannot be written to a safetensors file.", nameof(type));
    }
}
