using AdaptCluster.Client.Output;
using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Client.Connection;

/// <summary>
/// Opens connections for commands: to a named cluster, else to this machine's home folder if the program has an embedded mode.
/// </summary>
/// <param name="embedded">The embedded mode; null for a thin client that only asks clusters.</param>
/// <param name="error">Receives messages about what a command waits for.</param>
internal sealed class Connector(IEmbeddedMode? embedded, TextWriter error)
{
    private const string NoCluster =
        "this client needs a cluster; write --cluster HOST:30000 or set ADAPTCLUSTER_CLUSTER, or use the full "
        + "program for sweeps on this machine.";

    /// <summary>The embedded mode; null for a thin client that only asks clusters.</summary>
    public IEmbeddedMode? Embedded => embedded;

    /// <summary>The embedded mode, for a command without a cluster.</summary>
    /// <exception cref="InvalidInputException">This is a thin client that only asks clusters.</exception>
    public IEmbeddedMode WithoutCluster => embedded ?? throw new InvalidInputException(NoCluster);

    /// <summary>Opens a connection.</summary>
    /// <param name="cluster">The gateways or a PostgreSQL connection string; null for the embedded mode.</param>
    /// <param name="use">What the connection is for.</param>
    /// <param name="cancellation">Cancels the attempt.</param>
    /// <exception cref="AdaptClusterException">No silo answers, or the home folder cannot be used.</exception>
    public async Task<SweepConnection> OpenAsync(string? cluster, ConnectionUse use, CancellationToken cancellation) => cluster is not null
        ? SweepConnection.OfCluster(await GatewayClient.JoinAsync(cluster, cancellation))
        : await WithoutCluster.OpenAsync(use, error.WriteLineAsync, cancellation);

    /// <summary>Finds a sweep and acts on it through a connection that runs nothing.</summary>
    public Task<int> OnSweepAsync(string? cluster, string id, Func<SweepConnection, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection, await FindAsync(connection, id)), cancellation);

    /// <summary>Finds a sweep and reads from it, without starting a silo if none is needed.</summary>
    public Task<int> ReadSweepAsync(string? cluster, string id, Func<ISweepReads, SweepId, Task<int>> act,
        CancellationToken cancellation) =>
        LookAsync(cluster, async connection => await act(connection.Reads, await FindAsync(connection, id)),
            cancellation, ConnectionUse.Read);

    /// <summary>
    /// Acts through a connection that runs nothing. If the process that holds the home leaves in the middle, the action is repeated with
    /// its successor, or by this process.
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
            // If the same process fails twice, it has not left, so its error is shown.
            catch (Exception e) when (connection.HasLeft(e, cancellation) && !connection.Holder!.Identity.Equals(left))
            {
                left = connection.Holder.Identity;
            }
        }
    }

    /// <summary>
    /// Acts through a connection whose silo trains: a cluster's, or that of the process that holds the home folder. If that process ends
    /// first, this one takes over the home and repeats the action; finished work is kept.
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
                    : "--web has no effect: another process runs the sweeps of this home folder and decides about the page.");
            try
            {
                return await connection.ActAsync(act);
            }
            catch (Exception e) when (connection.HasLeft(e, cancellation))
            {
                await error.WriteLineAsync("the process that ran the sweep has ended; this process resumes the sweep.");
            }
        }
    }

    /// <summary>Opens a connection that trains. A silo takes some seconds to start, which a terminal shows.</summary>
    private async Task<SweepConnection> StartAsync(string? cluster, ConnectionUse use, CancellationToken cancellation)
    {
        if (cluster is not null) return await OpenAsync(cluster, use, cancellation);
        await using var spinner = Spinner.Start(error, "starting");
        return await WithoutCluster.OpenAsync(use, spinner.WriteLineAsync, cancellation);
    }

    /// <summary>Refuses a web page of this process for a cluster.</summary>
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
