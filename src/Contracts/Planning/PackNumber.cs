using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>
/// The number of a pack in a sweep's plan, starting at 0. One worker trains the jobs of a pack together (<see cref="SweepPlan.Pack"/>).
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<PackNumber, int>)), Immutable]
public readonly record struct PackNumber(int Value) : IBareValue<PackNumber, int>, IComparable<PackNumber>
{
    /// <inheritdoc/>
    public int CompareTo(PackNumber other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    static PackNumber IBareValue<PackNumber, int>.Of(int value) => new(value);
}

/// <summary>Serializes a <see cref="PackNumber"/>.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class PackNumberCodec(IFieldCodec<int> plain) : BareValueCodec<PackNumber, int>(plain);
