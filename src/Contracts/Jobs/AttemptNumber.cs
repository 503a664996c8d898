using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// Which execution of a job, from 1; 0 before the first. It is the fencing token: the store takes only what the current attempt reports.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<AttemptNumber, int>)), Immutable]
public readonly record struct AttemptNumber(int Value) : IBareValue<AttemptNumber, int>, IComparable<AttemptNumber>
{
    /// <summary>The attempt after this one.</summary>
    public AttemptNumber Next => new(Value + 1);

    /// <summary>Whether another attempt came before it.</summary>
    public bool IsRepeat => Value > 1;

    /// <inheritdoc/>
    public int CompareTo(AttemptNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    static AttemptNumber IBareValue<AttemptNumber, int>.Of(int value) => new(value);
}

/// <summary>How an <see cref="AttemptNumber"/> travels.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class AttemptNumberCodec(IFieldCodec<int> plain) : BareValueCodec<AttemptNumber, int>(plain);
