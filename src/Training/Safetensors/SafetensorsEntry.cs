using TorchSharp;

namespace AdaptCluster.Training.Safetensors;

/// <summary>What the header says of one tensor, already checked against the file.</summary>
public sealed class SafetensorsEntry
{
    /// <summary>The tensor's name.</summary>
    public required string Name { get; init; }

    /// <summary>The element type as the header spells it, such as "BF16".</summary>
    public required string Dtype { get; init; }

    /// <summary>The element type.</summary>
    public required torch.ScalarType ScalarType { get; init; }

    /// <summary>The sizes, outermost first; empty for a scalar.</summary>
    public required IReadOnlyList<long> Shape { get; init; }

    /// <summary>First byte, counted from the start of the data section.</summary>
    internal long Begin { get; init; }

    /// <summary>One past the last byte.</summary>
    internal long End { get; init; }

    /// <summary>The shape in the form "[2, 3]".</summary>
    public string ShapeText => "[" + string.Join(", ", Shape) + "]";
}
