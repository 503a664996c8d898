using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The number of an attempt at a job, from 1; 0 before the first. It is the fencing token: the store accepts reports of the current attempt
/// only.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<AttemptNumber, int>)), Immutable]
public readonly record struct AttemptNumber(int Value) : IBareValue<AttemptNumber, int>, IComparable<AttemptNumber>
{
    /// <summary>The attempt after this one.</summary>
    public AttemptNumber Next => new(Value + 1);

    /// <summary>Whether this attempt follows an earlier one.</summary>
    public bool IsRepeat => Value > 1;

    /// <inheritdoc/>
    public int CompareTo(AttemptNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    static AttemptNumber IBareValue<AttemptNumber, int>.Of(int value) => new(value);
}

/// <summary>Serializes an <see cref="AttemptNumber"/>.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class AttemptNumberCodec(IFieldCodec<int> plain) : BareValueCodec<AttemptNumber, int>(plain);
