using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>
/// A protobuf message in its wire format (protobuf.dev/programming-guides/encoding), written field by field. The five messages that event
/// files need are stable and small, so that neither protoc nor a runtime library is worth its weight in a client.
/// </summary>
internal sealed class ProtoMessage
{
    private const int VarintType = 0, Fixed64Type = 1, LengthType = 2, Fixed32Type = 5;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    /// <summary>A field of an integer type, an enum or a bool.</summary>
    public ProtoMessage Integer(int field, long value)
    {
        Tag(field, VarintType);
        return Varint((ulong)value);
    }

    /// <summary>A field of type double.</summary>
    public ProtoMessage Double(int field, double value)
    {
        Tag(field, Fixed64Type);
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A field of type float.</summary>
    public ProtoMessage Single(int field, float value)
    {
        Tag(field, Fixed32Type);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(bytes, value);
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>A field of type string or bytes; half a surrogate pair becomes U+FFFD, since a string must be valid UTF-8.</summary>
    public ProtoMessage Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    /// <summary>A field that is a message, or one of a repeated one.</summary>
    public ProtoMessage Message(int field, ProtoMessage value) => Bytes(field, value.ToArray());

    /// <summary>A field that holds a serialised message as bytes, or is one.</summary>
    public ProtoMessage Bytes(int field, byte[] value)
    {
        Tag(field, LengthType);
        Varint((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>The message.</summary>
    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    private void Tag(int field, int type) => Varint((ulong)(field << 3 | type));

    private ProtoMessage Varint(ulong value)
    {
        for (; value > 0x7f; value >>= 7) _bytes.Write([(byte)(value | 0x80)]);
        _bytes.Write([(byte)value]);
        return this;
    }
}
