using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>
/// A protobuf message in wire format (protobuf.dev/programming-guides/encoding), written field by field. The five messages that event
/// files need are stable and small, so neither protoc nor a runtime library is worth adding to the client.
/// </summary>
internal sealed class ProtoMessage
{
    private const int VarintType = 0, Fixed64Type = 1, LengthType = 2, Fixed32Type = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>Writes a field of an integer, enum or bool type.</summary>
    public ProtoMessage Integer(int field, long value)
    {
        Tag(field, VarintType);
        return Varint((ulong)value);
    }

    /// <summary>Writes a field of type double.</summary>
    public ProtoMessage Double(int field, double value)
    {
        Tag(field, Fixed64Type);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Writes a field of type float.</summary>
    public ProtoMessage Single(int field, float value)
    {
        Tag(field, Fixed32Type);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Writes a field of type string or bytes. An unpaired surrogate becomes U+FFFD, since a string must be valid UTF-8.</summary>
    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>Writes a message field, or one element of a repeated message field.</summary>
    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    /// <summary>Writes a field of type bytes, or an already serialised message.</summary>
    public ProtoMessage Bytes(int field, byte[] value)
    {
        Tag(field, LengthType);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Returns the serialised message.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Tag(int field, int type) => Varint((ulong)(field << 3 | type));

    private ProtoMessage Varint(ulong value)
    {
        for (; value > 0x7f; value >>= 7) _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
        return this;
    }
}
