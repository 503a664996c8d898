using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// The id of a lease. The worker that requests a lease chooses the id, so that a repeated call returns the same lease. The default value
/// means no lease.
/// </summary>
/// <param name="Value">The GUID.</param>
[JsonConverter(typeof(BareValueJsonConverter<LeaseId, Guid>)), Immutable]
public readonly record struct LeaseId(Guid Value) : IBareValue<LeaseId, Guid>
{
    /// <summary>Creates a unique id.</summary>
    public static LeaseId New() => new(Guid.NewGuid());

    /// <summary>Parses an id in the format of <see cref="ToString"/>, which is also used in the store.</summary>
    /// <exception cref="FormatException">The text is not a GUID.</exception>
    public static LeaseId Parse(string text) => new(Guid.Parse(text));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    static LeaseId IBareValue<LeaseId, Guid>.Of(Guid value) => new(value);
}

/// <summary>Serializes a <see cref="LeaseId"/>.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class LeaseIdCodec(IFieldCodec<Guid> plain) : BareValueCodec<LeaseId, Guid>(plain);
