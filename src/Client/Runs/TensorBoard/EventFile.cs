using System.Buffers.Binary;
using System.Numerics;

namespace AdaptCluster.Client.Runs.TensorBoard;

/// <summary>
/// An event file: records in TFRecord framing (tensorflow.org/tutorials/load_data/tfrecord), each an Event of event.proto. A record
/// consists of its length, the length's masked CRC-32C, the bytes, and their masked CRC-32C, all little-endian.
/// </summary>
internal sealed class EventFile : IDisposable
{
    private const int WallTime = 1, Step = 2, FileVersion = 3, Summary = 5;

    private readonly FileStream _file;

    /// <summary>Creates an event file.</summary>
    /// <param name="folder">The run's folder.</param>
    /// <param name="time">The start time of the run.</param>
    public EventFile(string folder, DateTimeOffset time)
    {
        // TensorBoard reads every file with "tfevents" in its name.
        _file = new FileStream(
            Path.Combine(folder, $"events.out.tfevents.{time.ToUnixTimeSeconds():D10}.adaptcluster"), FileMode.CreateNew);
        Append(new ProtoMessage().Double(WallTime, Seconds(time)).Text(FileVersion, "brain.Event:2"));
    }

    /// <summary>Converts a time to the format of events: seconds since 1970 UTC.</summary>
    public static double Seconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;

    /// <summary>Appends an event.</summary>
    /// <param name="time">The time of the event.</param>
    /// <param name="step">The step; 0 or more.</param>
    /// <param name="summary">A Summary message.</param>
    public void Append(DateTimeOffset time, int step, ProtoMessage summary) =>
        Append(new ProtoMessage().Double(WallTime, Seconds(time)).Integer(Step, step).Message(Summary, summary));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    /// <summary>Computes TFRecord's masked CRC. The mask makes it safe to compute the CRC of data that itself contains CRCs.</summary>
    private static uint MaskedCrc(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes) crc = BitOperations.Crc32C(crc, value);
        return unchecked(BitOperations.RotateRight(~crc, 15) + 0xa282ead8);
    }

    private void Append(ProtoMessage message)
    {
        var bytes = message.ToArray();
        Span<byte> head = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64LittleEndian(head, (ulong)bytes.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[sizeof(ulong)..], MaskedCrc(head[..sizeof(ulong)]));
        _file.Write(head);
        _file.Write(bytes);
        Span<byte> tail = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(tail, MaskedCrc(bytes));
        _file.Write(tail);
    }
}
