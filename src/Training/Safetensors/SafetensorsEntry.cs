using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>The header entry for one tensor, already validated against the file.</summary>
public sealed class SafetensorsEntry
{
    /// <summary>The name of the tensor.</summary>
    public required string Name { get; init; }

    /// <summary>The element type as written in the header, such as "BF16".</summary>
    public required string Dtype { get; init; }

    /// <summary>The element type.</summary>
    public required torch.ScalarType ScalarType { get; init; }

    /// <summary>The size of each dimension, outermost first; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>The offset of the tensor's first byte in the data section.</summary>
    internal long Begin { get; init; }

    /// <summary>The offset after the tensor's last byte in the data section.</summary>
    internal long End { get; init; }

    /// <summary>The shape as text, such as "[2, 3]".</summary>
    public string ShapeText => "[" + string.Join(", ", Shape) + "]";
}
