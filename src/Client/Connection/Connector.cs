using AdaptCluster.Client.Output;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// Opens connections for commands, either to a given cluster or, if the program has an embedded mode, to the home folder.
/// </summary>
/// <param name="embedded">The embedded mode; null for a thin client that only connects to clusters.</param>
/// <param name="error">The writer that receives messages about long waits.</param>
internal sealed class Connector(IEmbeddedMode? embedded, TextWriter error)
{
    private const string NoCluster =
        "this client needs a cluster; pass --cluster HOST:30000 or set ADAPTCLUSTER_CLUSTER. To run sweeps on this "
        + "machine, use the full program.";

    /// <summary>The embedded mode; null for a thin client that only connects to clusters.</summary>
    public IEmbeddedMode? Embedded => embedded;

    /// <summary>The embedded mode, for a command without a cluster.</summary>
    /// <exception cref="InvalidInputException">This is a thin client that only connects to clusters.</exception>
    public IEmbeddedMode WithoutCluster => embedded ?? throw new InvalidInputException(NoCluster);

    /// <summary>Opens a connection.</summary>
    /// <param name="cluster">The gateways or a PostgreSQL connection string; null for the embedded mode.</param>
    /// <param name="use">The purpose of the connection.</param>
    /// <param name="cancellation">A token that cancels the attempt.</param>
    /// <exception cref="AdaptClusterException">No silo responds, or the home folder cannot be used.</exception>
    public async Task<SweepConnection> OpenAsync(string? cluster, ConnectionUse use, CancellationToken cancellation) => cluster is not null
        ? SweepConnection.OfCluster(await GatewayClient.JoinAsync(cluster, cancellation))
        : await WithoutCluster.OpenAsync(use, error.WriteLineAsync, cancellation);

    /// <summary>Finds a sweep and runs an action on it, through a connection that starts no workers.</summary>
    public Task<int> OnSweepAsync(string? cluster, string id, Func<SweepConnection, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection, await FindAsync(connection, id)), cancellation);

    /// <summary>Finds a sweep and reads from it; a silo is started only if the read needs one.</summary>
    public Task<int> ReadSweepAsync(string? cluster, string id, Func<ISweepReads, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection.Reads, await FindAsync(connection, id)),
            cancellation, ConnectionUse.Read);

    /// <summary>
    /// Runs an action through a connection that starts no workers. If the process that holds the home exits midway, the action is repeated
    /// through its successor, or in this process.
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
            // If the same process fails twice, it has not exited, so its error is shown.
            catch (Exception e) when (connection.HasLeft(e, cancellation) && !connection.Holder!.Identity.Equals(left))
            {
                left = connection.Holder.Identity;
            }
        }
    }

    /// <summary>
    /// Runs an action through a connection to a silo that trains: in a cluster, in the process that holds the home folder, or in this
    /// process. If another process holds the home and exits first, this process takes over the home and repeats the action; finished work
    /// is kept.
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
                    : "--web has no effect: another process runs the sweeps in this home folder and controls the web page.");
            try
            {
                return await connection.ActAsync(act);
            }
            catch (Exception e) when (connection.HasLeft(e, cancellation))
            {
                await error.WriteLineAsync("the process that ran the sweep has ended; resuming the sweep here.");
            }
        }
    }

    /// <summary>Opens a connection for training. Starting a silo takes a few seconds, so a terminal shows a spinner.</summary>
    private async Task<SweepConnection> StartAsync(string? cluster, ConnectionUse use, CancellationToken cancellation)
    {
        if (cluster is not null) return await OpenAsync(cluster, use, cancellation);
        await using var spinner = Spinner.Start(error, "starting");
        return await WithoutCluster.OpenAsync(use, spinner.WriteLineAsync, cancellation);
    }

    /// <summary>Refuses --web in combination with a cluster.</summary>
    /// <exception cref="InvalidInputException">Both a page and a cluster are requested.</exception>
    public static void RefuseWeb(bool web, string? cluster)
    {
        if (web && cluster is not null)
            throw new InvalidInputException("--web: on a cluster the control silos serve the page; leave out --web.");
    }

    /// <summary>Finds a sweep.</summary>
    /// <exception cref="InvalidInputException">The id is empty, unknown or ambiguous.</exception>
    public static Task<SweepId> FindAsync(SweepConnection connection, string id) =>
        id.Length > 0 ? connection.Reads.FindAsync(id)
            : throw new InvalidInputException("ID: found an empty value; write a sweep's id, a prefix of it, or 'latest'.");
}
