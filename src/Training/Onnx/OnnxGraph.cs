using System.Globalization;
using TorchSharp;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// A graph of ONNX in the making (https://onnx.ai/onnx/intro/concepts.html): its nodes in the order in which they run, and the constants
/// that they read. Values are known by name. <see cref="OnnxOperators"/> adds nodes, <see cref="OnnxFile"/> writes it.
/// </summary>
public sealed class OnnxGraph
{
    private readonly List<OnnxNode> _nodes = [];
    private readonly List<OnnxConstant> _constants = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    /// <summary>The images' place among a value's sizes: any number of them.</summary>
    public const long AnyNumber = -1;

    internal IReadOnlyList<OnnxNode> Nodes => _nodes;

    internal IReadOnlyList<OnnxConstant> Constants => _constants;

    internal List<OnnxValue> Inputs { get; } = [];

    internal List<OnnxValue> Outputs { get; } = [];

    /// <summary>Declares what the caller of the graph gives, in float32.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="shape">Its sizes; <see cref="AnyNumber"/> where the caller chooses.</param>
    /// <returns>The name.</returns>
    public string Input(string name, params long[] shape)
    {
        Inputs.Add(new(Own(name), shape));
        return name;
    }

    /// <summary>Declares what the caller gets, in float32.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">Its name for the caller.</param>
    /// <param name="shape">Its sizes; <see cref="AnyNumber"/> where they follow the input.</param>
    public void Output(string value, string name, params long[] shape)
    {
        _nodes.Add(new("Identity", [value], Own(name), []));
        Outputs.Add(new(name, shape));
    }

    /// <summary>Adds a node of ONNX's own operators.</summary>
    /// <param name="type">The operator.</param>
    /// <param name="inputs">The values that it reads.</param>
    /// <param name="attributes">Its attributes.</param>
    /// <returns>The value that it makes.</returns>
    public string Add(string type, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        var name = Own(string.Create(CultureInfo.InvariantCulture, $"{type}_{_nodes.Count}"));
        _nodes.Add(new(type, inputs, name, attributes));
        return name;
    }

    /// <summary>Adds numbers; they are copied to the file in float32 when it is written, and must live until then.</summary>
    /// <param name="name">Their name, unique in the graph.</param>
    /// <param name="values">The numbers, on any device.</param>
    /// <returns>The name.</returns>
    public string Constant(string name, torch.Tensor values)
    {
        _constants.Add(new(Own(name), values.shape, values, null));
        return name;
    }

    /// <summary>Adds whole numbers, such as a shape; equal ones are kept once.</summary>
    /// <param name="values">The numbers, [n].</param>
    /// <returns>Their name.</returns>
    public string Integers(params long[] values)
    {
        var name = "int64_" + string.Join('_', values);
        if (_names.Add(name)) _constants.Add(new(name, [values.Length], null, values));
        return name;
    }

    private string Own(string name) =>
        _names.Add(name) ? name : throw new ArgumentException($"The graph has a value '{name}' already.", nameof(name));
}

/// <summary>An attribute of a node: a whole number, several, or a number.</summary>
public sealed record OnnxAttribute
{
    private OnnxAttribute(string name) => Name = name;

    /// <summary>Its name, as the operator's description has it.</summary>
    public string Name { get; }

    internal long? Integer { get; private init; }

    internal long[]? Integers { get; private init; }

    internal float? Number { get; private init; }

    /// <summary>A whole number.</summary>
    public static OnnxAttribute Of(string name, long value) => new(name) { Integer = value };

    /// <summary>Several whole numbers.</summary>
    public static OnnxAttribute Of(string name, params long[] values) => new(name) { Integers = values };

    /// <summary>A number.</summary>
    public static OnnxAttribute Of(string name, float value) => new(name) { Number = value };
}

/// <summary>A node.</summary>
/// <param name="Type">The operator.</param>
/// <param name="Inputs">The values that it reads.</param>
/// <param name="Output">The value that it makes; also the node's name.</param>
/// <param name="Attributes">Its attributes.</param>
internal sealed record OnnxNode(string Type, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes);

/// <summary>Numbers of the graph: of float32, or whole ones.</summary>
/// <param name="Name">Their name.</param>
/// <param name="Shape">Their sizes.</param>
/// <param name="Numbers">The numbers; null for whole ones.</param>
/// <param name="Integers">Whole numbers; null for others.</param>
internal sealed record OnnxConstant(string Name, IReadOnlyList<long> Shape, torch.Tensor? Numbers, long[]? Integers);

/// <summary>What a caller gives or gets, in float32.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shape">Its sizes; <see cref="OnnxGraph.AnyNumber"/> for any.</param>
internal sealed record OnnxValue(string Name, IReadOnlyList<long> Shape);
