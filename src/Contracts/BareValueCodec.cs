using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace AdaptCluster.Contracts;

/// <summary>
/// Serializes an <see cref="IBareValue{TSelf, TValue}"/> byte for byte as its plain value. Silos from before the type existed can read it,
/// and it can read what they write, so that an upgrade can be rolling.
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

    /// <summary>
    /// The plain type of a field. The serializer leaves out the type's name where a value has the type that its field declares.
    /// </summary>
    private static Type? Plain(Type? declared) =>
        declared == typeof(T) ? typeof(TValue) : declared == typeof(T?) ? typeof(TValue?) : declared;
}
