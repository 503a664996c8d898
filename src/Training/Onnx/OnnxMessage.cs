using Google.Protobuf;

namespace AdaptCluster.Training.Onnx;

/// <summary>
/// Builds a Protocol Buffers message. ONNX uses only a few fixed messages, so their fields are written by number
/// (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto) instead of by generated code, which would need another copy of all weights in
/// memory.
/// </summary>
internal sealed class OnnxMessage
{
    private readonly List<byte> _bytes = [];

    internal OnnxMessage Integer(int field, long value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    });

    internal OnnxMessage Integers(int field, IEnumerable<long> values)
    {
        foreach (var value in values) Integer(field, value);
        return this;
    }

    internal OnnxMessage Number(int field, float value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    });

    internal OnnxMessage Text(int field, string value) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    });

    internal OnnxMessage Texts(int field, IEnumerable<string> values)
    {
        foreach (var value in values) Text(field, value);
        return this;
    }

    internal OnnxMessage Message(int field, OnnxMessage value)
    {
        var bytes = value.ToBytes();
        return Begin(field, bytes.Length).Raw(bytes);
    }

    internal OnnxMessage Messages(int field, IEnumerable<OnnxMessage> values)
    {
        foreach (var value in values) Message(field, value);
        return this;
    }

    /// <summary>Writes the header of a field whose bytes follow this message in the file.</summary>
    /// <param name="field">The field number.</param>
    /// <param name="length">The number of bytes.</param>
    internal OnnxMessage Begin(int field, int length) => Write(output =>
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteLength(length);
    });

    internal byte[] ToBytes() => [.. _bytes];

    private OnnxMessage Raw(byte[] bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }

    private OnnxMessage Write(Action<CodedOutputStream> write)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true)) write(output);
        return Raw(stream.ToArray());
    }
}
