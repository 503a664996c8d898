using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The number of an attempt at a job, starting at 1; 0 before the first attempt. It is the fencing token: the store accepts only reports of
/// the current attempt.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<AttemptNumber, int>)), Immutable]
public readonly record struct AttemptNumber(int Value) : IBareValue<AttemptNumber, int>, IComparable<AttemptNumber>
{
    /// <summary>The number of the next attempt.</summary>
    public AttemptNumber Next => new(Value + 1);

    /// <summary>Whether an earlier attempt precedes this one.</summary>
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
