using System.Buffers.Binary;
using System.Text;

namespace AdaptCluster.Client.Tests.Runs;

/// <summary>
/// Reads event files as their formats are described, without anything of what writes them: TFRecord's framing with both of its checksums,
/// then protobuf's wire format.
/// </summary>
internal static class EventReader
{
    /// <summary>Castagnoli's polynomial, bits reversed.</summary>
    private const uint Polynomial = 0x82f63b78;

    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(index =>
    {
        var crc = (uint)index;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 1) == 1 ? crc >> 1 ^ Polynomial : crc >> 1;
        return crc;
    })];

    /// <summary>The events of the one file of a run's folder.</summary>
    public static List<WireMessage> Events(string folder)
    {
        var file = Assert.Single(Directory.GetFiles(folder), name => Path.GetFileName(name).Contains("tfevents", StringComparison.Ordinal));
        var (bytes, events) = (File.ReadAllBytes(file), new List<WireMessage>());
        for (var at = 0; at < bytes.Length;)
        {
            var length = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(at)));
            Assert.Equal(Masked(bytes.AsSpan(at, 8)), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8)));
            var content = bytes.AsSpan(at + 12, length);
            Assert.Equal(Masked(content), BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 12 + length)));
            events.Add(WireMessage.Read(content));
            at += 16 + length;
        }
        return events;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var crc = 0xffffffffu;
        foreach (var value in bytes) crc = Table[(crc ^ value) & 0xff] ^ crc >> 8;
        crc ^= 0xffffffff;
        return unchecked((crc >> 15 | crc << 17) + 0xa282ead8);
    }
}

/// <summary>A protobuf message as numbers of fields and raw values.</summary>
internal sealed class WireMessage
{
    private readonly List<(int Field, ulong Number, byte[] Bytes)> _fields = [];

    public static WireMessage Read(ReadOnlySpan<byte> bytes)
    {
        var message = new WireMessage();
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            var (number, content) = (0UL, Array.Empty<byte>());
            switch (tag & 7)
            {
                case 0:
                    number = Varint(ref bytes);
                    break;
                case 1:
                    number = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = checked((int)Varint(ref bytes));
                    content = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                case 5:
                    number = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
            message._fields.Add(((int)(tag >> 3), number, content));
        }
        return message;
    }

    public bool Has(int field) => _fields.Exists(one => one.Field == field);

    public WireMessage[] All(int field) => [.. Fields(field).Select(one => Read(one.Bytes))];

    public WireMessage One(int field) => Read(Fields(field).Single().Bytes);

    public string Text(int field) => new UTF8Encoding(false, true).GetString(Fields(field).Single().Bytes);

    public double Double(int field) => BitConverter.UInt64BitsToDouble(Fields(field).Single().Number);

    public float Single(int field) => BitConverter.UInt32BitsToSingle((uint)Fields(field).Single().Number);

    /// <summary>An integer, 0 where it is left out, as proto3 has it.</summary>
    public long Integer(int field) => (long)Fields(field).SingleOrDefault().Number;

    private IEnumerable<(int Field, ulong Number, byte[] Bytes)> Fields(int field) => _fields.Where(one => one.Field == field);

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        for (var (value, shift) = (0UL, 0); ; shift += 7)
        {
            value |= (ulong)(bytes[0] & 0x7f) << shift;
            var more = bytes[0] >= 0x80;
            bytes = bytes[1..];
            if (!more) return value;
        }
    }
}
