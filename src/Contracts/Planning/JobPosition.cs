using System.Globalization;
using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Planning;

/// <summary>The position of a job in a sweep's plan, starting at 0: group × seeds + seed index (<see cref="SweepPlan.At"/>).</summary>
/// <param name="Value">The position.</param>
[JsonConverter(typeof(BareValueJsonConverter<JobPosition, int>)), Immutable]
public readonly record struct JobPosition(int Value) : IBareValue<JobPosition, int>, IComparable<JobPosition>
{
    /// <inheritdoc/>
    public int CompareTo(JobPosition other) => Value.CompareTo(other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    static JobPosition IBareValue<JobPosition, int>.Of(int value) => new(value);
}

/// <summary>Serializes a <see cref="JobPosition"/>.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class JobPositionCodec(IFieldCodec<int> plain) : BareValueCodec<JobPosition, int>(plain);
