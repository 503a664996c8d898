using AdaptCluster.Client.Connection;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using SiloStatus = AdaptCluster.Contracts.Sweeps.SiloStatus;

namespace AdaptCluster.Client.Commands;

/// <summary>A cluster as <c>sweep doctor</c> finds it: whatever can be found out, however much of it is away.</summary>
internal sealed record ClusterExamination
{
    /// <summary>The gateways that a list names.</summary>
    public required GatewayState[] Gateways { get; init; }

    /// <summary>The silos; empty where none answers.</summary>
    public SiloStatus[] Silos { get; init; } = [];

    /// <summary>The queues that answer, by pool.</summary>
    public Dictionary<string, QueueStatus> Queues { get; init; } = [];

    /// <summary>The store; null where nobody can say.</summary>
    public StoreStatus? Store { get; init; }

    /// <summary>Why no silo answers; null where one does.</summary>
    public string? Problem { get; init; }

    /// <summary>Whether nothing is away.</summary>
    public bool Sound => Problem is null && Store?.Answers != false;

    /// <summary>Pools of which a silo is there, but whose queue does not answer.</summary>
    public IEnumerable<string> SilentPools =>
        Silos.Select(silo => silo.Metadata.GetValueOrDefault(SiloMetadataKeys.Pool)).OfType<string>().Except(Queues.Keys)
            .Order(StringComparer.Ordinal);

    /// <summary>Examines a cluster.</summary>
    /// <param name="connector">Connects to it.</param>
    /// <param name="cluster">Gateways, or a PostgreSQL connection string.</param>
    /// <param name="cancellation">Gives up.</param>
    public static async Task<ClusterExamination> OfAsync(Connector connector, string cluster, CancellationToken cancellation)
    {
        var byStore = PostgresAddress.Is(cluster);
        var found = new ClusterExamination
        {
            Gateways = byStore ? [] : await GatewayState.OfAsync(ClusterJoin.Gateways(cluster)),
            Store = byStore && connector.Embedded is { } full ? await full.AskStoreAsync(cluster) : null,
        };
        // Without the store its table names no gateway.
        if (found.Store is { Answers: false, Message: { } away }) return found with
        {
            Problem = $"{away}; a list of gateways (--cluster HOST:30000) shows what runs all the same",
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
            return found with { Problem = e is AdaptClusterException ? e.Message : $"the silo does not answer ({e.Message})" };
        }
    }
}
