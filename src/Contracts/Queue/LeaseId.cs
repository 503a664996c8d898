using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// The identity of a lease. The worker that asks for the lease chooses it, so that a repeated call gets the same lease. The default value
/// means no lease.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<LeaseId, Guid>)), Immutable]
public readonly record struct LeaseId(Guid Value) : IBareValue<LeaseId, Guid>
{
    /// <summary>Creates a unique id.</summary>
    public static LeaseId New() => new(Guid.NewGuid());

    /// <summary>Parses an id in the form that <see cref="ToString"/> returns and the store keeps.</summary>
    /// <exception cref="FormatException">The text has another form.</exception>
    public static LeaseId Parse(string text) => new(Guid.Parse(text));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    static LeaseId IBareValue<LeaseId, Guid>.Of(Guid value) => new(value);
}

/// <summary>Serializes a <see cref="LeaseId"/>.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class LeaseIdCodec(IFieldCodec<Guid> plain) : BareValueCodec<LeaseId, Guid>(plain);
