using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The cluster as operators see it.</summary>
/// <param name="Silos">Its silos.</param>
/// <param name="Queues">The queue of each pool; one that does not answer, as none does that would have to read the store while that is
/// away, is left out.</param>
[GenerateSerializer, Immutable, Alias("ClusterStatus")]
public sealed record ClusterStatus([property: Id(0)] SiloStatus[] Silos, [property: Id(1)] Dictionary<string, QueueStatus> Queues)
{
    /// <summary>Whether the store answers; null from silos that do not say.</summary>
    [Id(2)] public StoreStatus? Store { get; init; }
}

/// <summary>The store as a control silo finds it.</summary>
/// <param name="Answers">Whether it answers.</param>
/// <param name="Since">Since when it does not; null while it does, and where nobody knows.</param>
/// <param name="Message">What is wrong, in one line; null while it answers.</param>
[GenerateSerializer, Immutable, Alias("StoreStatus")]
public sealed record StoreStatus([property: Id(0)] bool Answers, [property: Id(1)] DateTimeOffset? Since = null,
    [property: Id(2)] string? Message = null);

/// <summary>One silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where other silos reach it.</param>
/// <param name="State">Where it stands in the membership, such as "Active".</param>
/// <param name="Metadata">What it declared: role, pool, device, memory.</param>
[GenerateSerializer, Immutable, Alias("SiloStatus")]
public sealed record SiloStatus(
    [property: Id(0)] string Name, [property: Id(1)] string Address, [property: Id(2)] string State,
    [property: Id(3)] Dictionary<string, string> Metadata);
