using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace AdaptCluster.Contracts;

/// <summary>
/// How an <see cref="IBareValue{TSelf, TValue}"/> travels: byte for byte as the plain value did before it had a type, so that silos of both
/// kinds understand each other during an upgrade.
/// </summary>
internal abstract class BareValueCodec<T, TValue>(IFieldCodec<TValue> plain) : IFieldCodec<T>, IDeepCopier<T>
    where T : struct, IBareValue<T, TValue>
    where TValue : struct
{
    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, T value)
        where TBufferWriter : IBufferWriter<byte> => plain.WriteField(ref writer, fieldIdDelta, Plain(expectedType)!, value.Value);

    /// <inheritdoc/>
    public T ReadValue<TInput>(ref Reader<TInput> reader, Field field) => T.Of(plain.ReadValue(ref reader, field));

    /// <inheritdoc/>
    public T DeepCopy(T input, CopyContext context) => input;

    /// <summary>The type of a field before: a value of the type that its field declares travels without the type's name.</summary>
    private static Type? Plain(Type? declared) =>
        declared == typeof(T) ? typeof(TValue) : declared == typeof(T?) ? typeof(TValue?) : declared;
}
