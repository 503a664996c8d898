using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The state of the cluster, for operators.</summary>
/// <param name="Silos">Its silos.</param>
/// <param name="Queues">The queue of each pool. Queues that do not answer are left out, such as those that would have to read the store
/// while it is unreachable.</param>
[GenerateSerializer, Immutable, Alias("ClusterStatus")]
public sealed record ClusterStatus([property: Id(0)] SiloStatus[] Silos, [property: Id(1)] Dictionary<string, QueueStatus> Queues)
{
    /// <summary>The state of the store; null from silos that do not report it.</summary>
    [Id(2)] public StoreStatus? Store { get; init; }
}

/// <summary>The state of the store, as a control silo sees it.</summary>
/// <param name="Answers">Whether it answers.</param>
/// <param name="Since">Since when it has not answered; null if it answers, and if not known.</param>
/// <param name="Message">What is wrong, in one line; null if it answers.</param>
[GenerateSerializer, Immutable, Alias("StoreStatus")]
public sealed record StoreStatus([property: Id(0)] bool Answers, [property: Id(1)] DateTimeOffset? Since = null,
    [property: Id(2)] string? Message = null);

/// <summary>One silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">The address at which other silos reach it.</param>
/// <param name="State">Its state in the cluster membership, such as "Active".</param>
/// <param name="Metadata">What it declared: role, pool, device, memory.</param>
[GenerateSerializer, Immutable, Alias("SiloStatus")]
public sealed record SiloStatus(
    [property: Id(0)] string Name, [property: Id(1)] string Address, [property: Id(2)] string State,
    [property: Id(3)] Dictionary<string, string> Metadata);
