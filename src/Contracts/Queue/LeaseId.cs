using System.Text.Json.Serialization;
using Orleans.Serialization.Codecs;

namespace AdaptCluster.Contracts.Queue;

/// <summary>
/// Identity of a lease, chosen by the worker that asks for it, so that a repeated call is granted the same lease. The default is no lease.
/// </summary>
/// <param name="Value">The number.</param>
[JsonConverter(typeof(BareValueJsonConverter<LeaseId, Guid>)), Immutable]
public readonly record struct LeaseId(Guid Value) : IBareValue<LeaseId, Guid>
{
    /// <summary>An id that no other lease has.</summary>
    public static LeaseId New() => new(Guid.NewGuid());

    /// <summary>Reads an id as <see cref="ToString"/> prints it and the store keeps it.</summary>
    /// <exception cref="FormatException">It has another form.</exception>
    public static LeaseId Parse(string text) => new(Guid.Parse(text));

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();

    static LeaseId IBareValue<LeaseId, Guid>.Of(Guid value) => new(value);
}

/// <summary>How a <see cref="LeaseId"/> travels.</summary>
[RegisterSerializer, RegisterCopier]
internal sealed class LeaseIdCodec(IFieldCodec<Guid> plain) : BareValueCodec<LeaseId, Guid>(plain);
