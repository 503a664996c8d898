using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// Serializes a <see cref="Scorer"/>. The first four scorers are sent as the numbers that silos of version 0.1.0 use for them; all others
/// are sent by name.
/// </summary>
[RegisterSerializer, RegisterCopier]
internal sealed class ScorerCodec : IFieldCodec<Scorer>, IDeepCopier<Scorer>
{
    /// <summary>The scorers, indexed by their number on the wire. New scorers are not added here.</summary>
    private static readonly Scorer[] Numbered = [Scorer.Snip, Scorer.GradientNorm, Scorer.L2Norm, Scorer.Random];

    /// <inheritdoc/>
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, Scorer value)
        where TBufferWriter : IBufferWriter<byte>
    {
        var number = Array.IndexOf(Numbered, value);
        if (number >= 0) Int32Codec.WriteField(ref writer, fieldIdDelta, typeof(Scorer), number, typeof(int));
        else StringCodec.WriteField(ref writer, fieldIdDelta, value.Name);
    }

    /// <inheritdoc/>
    public Scorer ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType != WireType.VarInt)
        {
            var name = StringCodec.ReadValue(ref reader, field);
            return name is not null && Scorer.IsValid(name)
                ? new(name)
                : throw new InvalidDataException($"'{PrintableText.OneLine(name ?? "")}' is not a scorer name.");
        }
        var number = Int32Codec.ReadValue(ref reader, field);
        return number >= 0 && number < Numbered.Length
            ? Numbered[number]
            : throw new InvalidDataException($"No scorer has the wire number {number}; the highest is {Numbered.Length - 1}.");
    }

    /// <inheritdoc/>
    public Scorer DeepCopy(Scorer input, CopyContext context) => input;
}
