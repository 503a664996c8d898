using System.Globalization;
using TorchSharp;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// Builds an ONNX graph (https://onnx.ai/onnx/intro/concepts.html): nodes in execution order, and the constants that the nodes read. Values
/// are identified by name. <see cref="OnnxOperators"/> adds nodes, and <see cref="OnnxFile"/> writes the graph.
/// </summary>
public sealed class OnnxGraph
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxConstant> _constants = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The size to declare for a dimension that varies with the number of images.</summary>
    public const long AnyNumber = -1;

    internal IReadOnlyList<OnnxNode> Nodes => _nodes;

    internal IReadOnlyList<OnnxConstant> Constants => _constants;

    internal List<OnnxValue> Inputs { get; } = [];

    internal List<OnnxValue> Outputs { get; } = [];

    /// <summary>Declares an input of the graph, in float32.</summary>
    /// <param name="name">The name of the input.</param>
    /// <param name="shape">The shape of the input, with <see cref="AnyNumber"/> for sizes that the caller chooses.</param>
    /// <returns>The name.</returns>
    public string Input(string name, params long[] shape)
    {
        Inputs.Add(new(Own(name), shape));
        return name;
    }

    /// <summary>Declares an output of the graph, in float32.</summary>
    /// <param name="value">The name of the value to output.</param>
    /// <param name="name">The name of the output.</param>
    /// <param name="shape">The shape of the output, with <see cref="AnyNumber"/> for sizes that depend on the input.</param>
    public void Output(string value, string name, params long[] shape)
    {
        _nodes.Add(new("Identity", [value], Own(name), []));
        Outputs.Add(new(name, shape));
    }

    /// <summary>Adds a node with a standard ONNX operator.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="attributes">The attributes of the node.</param>
    /// <returns>The name of the value that it produces.</returns>
    public string Add(string type, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        var name = Own(string.Create(CultureInfo.InvariantCulture, $"{type}_{_nodes.Count}"));
        _nodes.Add(new(type, inputs, name, attributes));
        return name;
    }

    /// <summary>Adds a constant tensor. The tensor is written to the file in float32, and must not be disposed before that.</summary>
    /// <param name="name">The tensor's name, unique in the graph.</param>
    /// <param name="values">The tensor, on any device.</param>
    /// <returns>The name.</returns>
    public string Constant(string name, torch.Tensor values)
    {
        _constants.Add(new(Own(name), values.shape, values, null));
        return name;
    }

    /// <summary>Adds a constant list of integers, such as a shape. Equal lists are stored once.</summary>
    /// <param name="values">The integers, [n].</param>
    /// <returns>The name of the constant.</returns>
    public string Integers(params long[] values)
    {
        var name = "int64_" + string.Join('_', values);
        if (_names.Add(name)) _constants.Add(new(name, [values.Length], null, values));
        return name;
    }

    private string Own(string name) =>
        _names.Add(name) ? name : throw new ArgumentException($"The graph already contains a value named '{name}'.", nameof(name));
}

/// <summary>An attribute of a node: an integer, several integers, or a float.</summary>
public sealed record OnnxAttribute
{
    private OnnxAttribute(string name) => Name = name;

    /// <summary>The attribute's name, as in the operator's documentation.</summary>
    public string Name { get; }

    internal long? Integer { get; private init; }

    internal long[]? Integers { get; private init; }

    internal float? Number { get; private init; }

    /// <summary>Creates an integer attribute.</summary>
    public static OnnxAttribute Of(string name, long value) => new(name) { Integer = value };

    /// <summary>Creates an attribute with several integers.</summary>
    public static OnnxAttribute Of(string name, params long[] values) => new(name) { Integers = values };

    /// <summary>Creates a float attribute.</summary>
    public static OnnxAttribute Of(string name, float value) => new(name) { Number = value };
}

/// <summary>A node of the graph.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">The values that it reads.</param>
/// <param name="Output">The value that it produces; also the node's name.</param>
/// <param name="Attributes">The attributes of the node.</param>
internal sealed record OnnxNode(string Type, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes);

/// <summary>A constant of the graph: float32 numbers or integers.</summary>
/// <param name="Name">The constant's name.</param>
/// <param name="Shape">The constant's shape.</param>
/// <param name="Numbers">The float32 numbers; null for integers.</param>
/// <param name="Integers">The integers; null for float32 numbers.</param>
internal sealed record OnnxConstant(string Name, IReadOnlyList<long> Shape, torch.Tensor? Numbers, long[]? Integers);

/// <summary>An input or output of the graph, in float32.</summary>
/// <param name="Name">The value's name.</param>
/// <param name="Shape">The value's shape, with <see cref="OnnxGraph.AnyNumber"/> for a dimension of any size.</param>
internal sealed record OnnxValue(string Name, IReadOnlyList<long> Shape);
