using AdaptCluster.Client.Connection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using SiloStatus = AdaptCluster.Contracts.Sweeps.SiloStatus;

namespace AdaptCluster.Client.Commands;

/// <summary>
/// The findings of <c>sweep doctor</c> about a cluster. They are as complete as possible, even if parts of the cluster are unavailable.
/// </summary>
internal sealed record ClusterExamination
{
    /// <summary>The state of each gateway in the given list; empty for a connection string.</summary>
    public required GatewayState[] Gateways { get; init; }

    /// <summary>The silos; empty if none responds.</summary>
    public SiloStatus[] Silos { get; init; } = [];

    /// <summary>The queues that responded, keyed by pool.</summary>
    public Dictionary<string, QueueStatus> Queues { get; init; } = [];

    /// <summary>The state of the store; null if it is unknown.</summary>
    public StoreStatus? Store { get; init; }

    /// <summary>The reason why no silo responds; null if one does.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether the silos and the store respond.</summary>
    public bool Sound => Problem is null && Store?.Answers != false;

    /// <summary>The pools that have a silo but whose queue did not respond.</summary>
    public IEnumerable<string> SilentPools =>
        Silos.Select(silo => silo.Metadata.GetValueOrDefault(SiloMetadataKeys.Pool)).OfType<string>().Except(Queues.Keys)
            .Order(StringComparer.Ordinal);

    /// <summary>Examines a cluster.</summary>
    /// <param name="connector">The connector that opens the connection.</param>
    /// <param name="cluster">The gateways, or a PostgreSQL connection string.</param>
    /// <param name="cancellation">A token that cancels the examination.</param>
    public static async Task<ClusterExamination> OfAsync(Connector connector, string cluster, CancellationToken cancellation)
    {
        var byStore = PostgresAddress.Is(cluster);
        var found = new ClusterExamination
        {
            Gateways = byStore ? [] : await GatewayState.OfAsync(ClusterJoin.Gateways(cluster)),
            Store = byStore && connector.Embedded is { } full ? await full.AskStoreAsync(cluster) : null,
        };
        // The gateways come from the store's membership table, which cannot be read.
        if (found.Store is { Answers: false, Message: { } away }) return found with
        {
            Problem = $"{away}; to see the silos without the store, pass the gateways (--cluster HOST:30000)",
        };
        try
        {
            await using var connection = await connector.OpenAsync(cluster, ConnectionUse.Look, cancellation);
            var status = await connection.Front.ClusterAsync();
            return found with { Silos = status.Silos, Queues = status.Queues, Store = status.Store ?? found.Store };
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested
            && e is AdaptClusterException or OrleansException or TimeoutException)
        {
            return found with { Problem = e is AdaptClusterException ? e.Message : $"the silo does not respond ({e.Message})" };
        }
    }
}
