using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace AdaptCluster.Contracts;

/// <summary>
/// Serializes an <see cref="IBareValue{TSelf, TValue}"/> byte for byte as its plain value. Older silos without the type can read these
/// bytes, and this codec can read theirs, so rolling upgrades work.
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
    /// Returns the plain type for the declared type of a field. The serializer omits the type's name if a value has exactly the declared
    /// type.
    /// </summary>
    private static Type? Plain(Type? declared) =>
        declared == typeof(T) ? typeof(TValue) : declared == typeof(T?) ? typeof(TValue?) : declared;
}
