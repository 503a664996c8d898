using AdaptCluster.Contracts.Queue;

namespace AdaptCluster.Contracts.Sweeps;

/// <summary>The cluster as operators see it.</summary>
/// <param name="Silos">Its silos.</param>
/// <param name="Queues">The queue of each pool.</param>
[GenerateSerializer, Immutable, Alias("ClusterStatus")]
public sealed record ClusterStatus([property: Id(0)] SiloStatus[] Silos, [property: Id(1)] Dictionary<string, QueueStatus> Queues);

/// <summary>One silo.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where other silos reach it.</param>
/// <param name="State">Where it stands in the membership, such as "Active".</param>
/// <param name="Metadata">What it declared: role, pool, device, memory.</param>
[GenerateSerializer, Immutable, Alias("SiloStatus")]
public sealed record SiloStatus(
    [property: Id(0)] string Name, [property: Id(1)] string Address, [property: Id(2)] string State, [property: Id(3)] Dictionary<string, string> Metadata);
