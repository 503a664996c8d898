using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The state of the cluster, for operators.</summary>
/// <param name="Silos">The cluster's silos.</param>
/// <param name="Queues">The state of each pool's queue, keyed by pool. Queues that do not respond are omitted, such as a queue that must
/// read the store while the store is unreachable.</param>
[GenerateSerializer, Immutable, Alias("ClusterStatus")]
public sealed record ClusterStatus([property: Id(0)] SiloStatus[] Silos, [property: Id(1)] Dictionary<string, QueueStatus> Queues)
{
    /// <summary>The state of the store; null if the silo does not report it.</summary>
    [Id(2)] public StoreStatus? Store { get; init; }
}

/// <summary>The state of the store, as seen by a control silo.</summary>
/// <param name="Answers">Whether the store responds.</param>
/// <param name="Since">The time when the store stopped responding; null if it responds, or if the time is unknown.</param>
/// <param name="Message">The error, on one line; null if the store responds.</param>
[GenerateSerializer, Immutable, Alias("StoreStatus")]
public sealed record StoreStatus([property: Id(0)] bool Answers, [property: Id(1)] DateTimeOffset? Since = null,
    [property: Id(2)] string? Message = null);

/// <summary>The state of one silo.</summary>
/// <param name="Name">The silo's name.</param>
/// <param name="Address">The address at which other silos reach the silo.</param>
/// <param name="State">The silo's state in the cluster membership, such as "Active".</param>
/// <param name="Metadata">The metadata that the silo publishes, such as its role, pool, device and memory.</param>
[GenerateSerializer, Immutable, Alias("SiloStatus")]
public sealed record SiloStatus(
    [property: Id(0)] string Name, [property: Id(1)] string Address, [property: Id(2)] string State,
    [property: Id(3)] Dictionary<string, string> Metadata);
