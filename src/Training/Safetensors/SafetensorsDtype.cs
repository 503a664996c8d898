using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>The safetensors element types that Torch supports, with their names in the header.</summary>
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

    /// <summary>A list of all names, for messages.</summary>
    internal static string Names { get; } = string.Join(", ", _all.Select(d => d.Name));

    /// <summary>Returns an element's size in bytes and its Torch type; null for a name that is not in <see cref="Names"/>.</summary>
    internal static (int Size, torch.ScalarType Type)? Find(string name)
    {
        foreach (var dtype in _all)
        {
            if (dtype.Name == name) return (dtype.Size, dtype.Type);
        }
        return null;
    }

    /// <summary>Returns the name of a Torch type in the header.</summary>
    /// <exception cref="ArgumentException">The format does not support the type.</exception>
    internal static string NameOf(torch.ScalarType type)
    {
        foreach (var dtype in _all)
        {
            if (dtype.Type == type) return dtype.Name;
        }
        throw new ArgumentException($"Tensors of type {type} cannot be written to a safetensors file.", nameof(type));
    }
}
