using AdaptCluster.Client.Output;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Connection;

/// <summary>Gives commands their connections: to a cluster that is named, else to this machine's home where the program has that.</summary>
/// <param name="embedded">What the program does without a cluster; null in a client that only asks clusters.</param>
/// <param name="error">Where the user is told what a command waits for.</param>
internal sealed class Connector(IEmbeddedMode? embedded, TextWriter error)
{
    private const string NoCluster =
        "this client only asks clusters, and none is named; write --cluster HOST:30000 or set ADAPTCLUSTER_CLUSTER, or use the full "
        + "program for sweeps on this machine.";

    /// <summary>What the program does without a cluster; null in a client that only asks clusters.</summary>
    public IEmbeddedMode? Embedded => embedded;

    /// <summary>The same for a command that was given no cluster.</summary>
    /// <exception cref="InvalidInputException">This client only asks clusters.</exception>
    public IEmbeddedMode WithoutCluster => embedded ?? throw new InvalidInputException(NoCluster);

    /// <summary>Opens a connection.</summary>
    /// <param name="cluster">Gateways or a PostgreSQL connection string, or null for the embedded mode.</param>
    /// <param name="use">What for.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="AdaptClusterException">Nobody answers, or the home folder cannot be used.</exception>
    public async Task<SweepConnection> OpenAsync(string? cluster, ConnectionUse use, CancellationToken cancellation) => cluster is not null
        ? SweepConnection.OfCluster(await GatewayClient.JoinAsync(cluster, cancellation))
        : await WithoutCluster.OpenAsync(use, error.WriteLineAsync, cancellation);

    /// <summary>Finds a sweep by a connection that runs nothing, and acts on it.</summary>
    public Task<int> OnSweepAsync(string? cluster, string id, Func<SweepConnection, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection, await FindAsync(connection, id)), cancellation);

    /// <summary>Finds a sweep and reads what a command shows of it, without a silo where none is needed.</summary>
    public Task<int> ReadSweepAsync(string? cluster, string id, Func<ISweepReads, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection.Reads, await FindAsync(connection, id)),
            cancellation, ConnectionUse.Read);

    /// <summary>
    /// Acts by a connection that runs nothing. When the process that holds the home leaves in the middle, the same is done once more by
    /// whoever holds it next, or by this one.
    /// </summary>
    public async Task<T> LookAsync<T>(string? cluster, Func<SweepConnection, Task<T>> act, CancellationToken cancellation,
        ConnectionUse use = ConnectionUse.Look)
    {
        for (object? left = null; ;)
        {
            await using var connection = await OpenAsync(cluster, use, cancellation);
            try
            {
                return await connection.ActAsync(act);
            }
            // The same process a second time has not left: its error is shown.
            catch (Exception e) when (connection.HasLeft(e, cancellation) && !connection.Holder!.Identity.Equals(left))
            {
                left = connection.Holder.Identity;
            }
        }
    }

    /// <summary>
    /// Acts by a connection whose silo trains: a cluster's, or that of the process that has the home folder. When that process ends first,
    /// this one takes the home and does the same again; what the other had finished is kept.
    /// </summary>
    public async Task<int> TrainAsync(string? cluster, Func<SweepConnection, Task<int>> act, CancellationToken cancellation,
        bool web = false)
    {
        RefuseWeb(web, cluster);
        while (true)
        {
            await using var connection = await StartAsync(
                cluster, web ? ConnectionUse.TrainAndShow : ConnectionUse.Train, cancellation);
            if (web)
                await error.WriteLineAsync(connection.Page is { } page ? $"web page: {page}"
                    : "--web: another process runs this home's sweeps, and has its own page or none.");
            try
            {
                return await connection.ActAsync(act);
            }
            catch (Exception e) when (connection.HasLeft(e, cancellation))
            {
                await error.WriteLineAsync("the process that ran the sweep has ended; this one goes on.");
            }
        }
    }

    /// <summary>Opens a connection that trains: a silo takes its seconds to start, which a terminal shows.</summary>
    private async Task<SweepConnection> StartAsync(string? cluster, ConnectionUse use, CancellationToken cancellation)
    {
        if (cluster is not null) return await OpenAsync(cluster, use, cancellation);
        await using var sign = MovingSign.Start(error, "starting");
        return await WithoutCluster.OpenAsync(use, sign.SayAsync, cancellation);
    }

    /// <summary>Refuses a page of this process's own on a cluster.</summary>
    /// <exception cref="InvalidInputException">Both are asked for.</exception>
    public static void RefuseWeb(bool web, string? cluster)
    {
        if (web && cluster is not null)
            throw new InvalidInputException("--web: on a cluster the control silos have the page; leave --web out.");
    }

    /// <summary>Finds a sweep.</summary>
    /// <exception cref="InvalidInputException">The id is empty, unknown or ambiguous.</exception>
    public static Task<SweepId> FindAsync(SweepConnection connection, string id) =>
        id.Length > 0 ? connection.Reads.FindAsync(id)
            : throw new InvalidInputException("ID: found an empty text; write a sweep's id, a prefix of it, or 'latest'.");
}
