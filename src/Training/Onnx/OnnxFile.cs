using System.Runtime.InteropServices;
using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// Writes graphs as ONNX files that include their weights. The field numbers are from onnx.proto, which defines the format.
/// </summary>
public static class OnnxFile
{
    /// <summary>The operator set version: the first version with layer normalization.</summary>
    public const int OperatorSet = 17;

    /// <summary>The IR version that was introduced with this operator set.</summary>
    private const int Format = 8;

    /// <summary>The maximum size of a Protocol Buffers message in bytes.</summary>
    private const long MaxBytes = int.MaxValue;

    /// <summary>Values of TensorProto.DataType.</summary>
    private const int OfFloat32 = 1, OfInt64 = 7;

    /// <summary>Writes a file under a temporary name and renames it, so that readers never see an incomplete file.</summary>
    /// <param name="path">The file; replaced if it exists.</param>
    /// <param name="graph">The graph.</param>
    /// <param name="metadata">Free-form strings keyed by name, which ONNX runtimes make available to their callers.</param>
    /// <exception cref="InvalidInputException">The file would exceed the size limit of the format.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, OnnxGraph graph, IReadOnlyDictionary<string, string> metadata)
    {
        var head = Model(metadata);
        var small = Graph(graph).ToBytes();
        var heads = graph.Constants.Select(constant => Head(constant)).ToArray();
        var length = small.Length + graph.Constants.Zip(heads).Sum(one => one.Second.Length + Bytes(one.First));
        // The header of the graph itself takes a few more bytes.
        if (head.ToBytes().Length + length + 16 > MaxBytes)
            throw new InvalidInputException($"the weights take {length >> 20} MiB, but an ONNX file is limited to {MaxBytes >> 20} MiB; "
                + "external weight files are not supported, so export without --onnx.");
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
            {
                stream.Write(head.Begin(7, (int)length).ToBytes());
                stream.Write(small);
                foreach (var (constant, first) in graph.Constants.Zip(heads))
                {
                    stream.Write(first);
                    WriteNumbers(stream, constant);
                }
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Builds the ModelProto without its graph.</summary>
    private static OnnxMessage Model(IReadOnlyDictionary<string, string> metadata) => new OnnxMessage()
        .Integer(1, Format)
        .Text(2, nameof(AdaptCluster))
        .Message(8, new OnnxMessage().Text(1, "").Integer(2, OperatorSet))
        .Messages(14, metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => new OnnxMessage().Text(1, pair.Key).Text(2, pair.Value)));

    /// <summary>Builds the GraphProto without its initializers.</summary>
    private static OnnxMessage Graph(OnnxGraph graph) => new OnnxMessage()
        .Messages(1, graph.Nodes.Select(Node))
        .Text(2, "classifier")
        .Messages(11, graph.Inputs.Select(Value))
        .Messages(12, graph.Outputs.Select(Value));

    /// <summary>Builds a NodeProto.</summary>
    private static OnnxMessage Node(OnnxNode node) => new OnnxMessage()
        .Texts(1, node.Inputs)
        .Text(2, node.Output)
        .Text(3, node.Output)
        .Text(4, node.Type)
        .Messages(5, node.Attributes.Select(Attribute));

    /// <summary>Builds an AttributeProto. Field 20 is the type of its value.</summary>
    private static OnnxMessage Attribute(OnnxAttribute attribute)
    {
        var message = new OnnxMessage().Text(1, attribute.Name);
        if (attribute.Number is { } number) return message.Number(2, number).Integer(20, 1);
        return attribute.Integer is { } integer ? message.Integer(3, integer).Integer(20, 2)
            : message.Integers(8, attribute.Integers!).Integer(20, 7);
    }

    /// <summary>Builds a ValueInfoProto with its TypeProto, TypeProto.Tensor and TensorShapeProto.</summary>
    private static OnnxMessage Value(OnnxValue value)
    {
        var shape = new OnnxMessage().Messages(1, value.Shape.Select(size =>
            size == OnnxGraph.AnyNumber ? new OnnxMessage().Text(2, "images") : new OnnxMessage().Integer(1, size)));
        var tensor = new OnnxMessage().Integer(1, OfFloat32).Message(2, shape);
        return new OnnxMessage().Text(1, value.Name).Message(2, new OnnxMessage().Message(1, tensor));
    }

    /// <summary>Builds a TensorProto field of GraphProto up to the tensor's numbers, which follow in the file.</summary>
    private static byte[] Head(OnnxConstant constant)
    {
        var bytes = Bytes(constant);
        // A constant that is too large is rejected together with the whole graph.
        if (bytes > MaxBytes) return [];
        var tensor = new OnnxMessage().Integers(1, constant.Shape).Integer(2, constant.Integers is null ? OfFloat32 : OfInt64)
            .Text(8, constant.Name).Begin(9, (int)bytes).ToBytes();
        return tensor.Length + bytes > MaxBytes ? [] : [.. new OnnxMessage().Begin(5, (int)(tensor.Length + bytes)).ToBytes(), .. tensor];
    }

    private static long Bytes(OnnxConstant constant) =>
        constant.Shape.Aggregate(1L, (a, b) => a * b) * (constant.Integers is null ? sizeof(float) : sizeof(long));

    /// <summary>Writes the numbers little-endian and row-major, as the format requires.</summary>
    private static void WriteNumbers(Stream stream, OnnxConstant constant)
    {
        if (constant.Integers is { } integers)
        {
            stream.Write(MemoryMarshal.AsBytes(integers.AsSpan()));
            return;
        }
        using var scope = torch.NewDisposeScope();
        var numbers = constant.Numbers!.detach().to_type(torch.ScalarType.Float32).cpu().contiguous();
        if (numbers.NumberOfElements > 0) stream.Write(numbers.bytes);
    }
}
