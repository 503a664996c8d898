using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Web.Shell;

namespace AdaptCluster.Web.Workers;

/// <summary>The content of a worker table, and the time at which it was read.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Rows">The workers; null if they are unknown because the store does not respond.</param>
/// <param name="At">The time of the read.</param>
internal sealed record WorkersSeen(ClusterStatus Cluster, WorkerRow[]? Rows, DateTimeOffset At)
{
    /// <summary>The maximum number of sweeps in a cluster's worker table.</summary>
    private const int MostSweeps = 20;

    /// <summary>The maximum time that a cluster's worker table waits for one sweep.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The number of sweeps that the table leaves out.</summary>
    public int LeftOut { get; private init; }

    /// <summary>Reads the workers that train one sweep.</summary>
    /// <param name="reader">The reader that calls the grains.</param>
    /// <param name="sweep">The sweep.</param>
    /// <param name="now">The current time.</param>
    public static async Task<WorkersSeen> OfSweepAsync(ClusterReader reader, SweepId sweep, DateTimeOffset now)
    {
        var cluster = reader.Front.ClusterAsync();
        var work = await WorkAsync(reader, sweep, now);
        return new(await cluster, WorkerActivity.Of(await cluster, [work], now), now);
    }

    /// <summary>
    /// Reads the workers for all sweeps that hold leases, and for the newest sweeps that are open or ended within the window.
    /// </summary>
    /// <param name="reader">The reader that calls the grains.</param>
    /// <param name="now">The current time.</param>
    public static async Task<WorkersSeen> OfClusterAsync(ClusterReader reader, DateTimeOffset now)
    {
        var cluster = await reader.Front.ClusterAsync();
        // Without the store, only the cluster's state is known.
        if (cluster.Store is { Answers: false }) return new(cluster, null, now);
        var newest = await reader.Reads.ListPageAsync(0, MostSweeps);
        var sweeps = cluster.Queues.Values.SelectMany(queue => queue.Leases).Select(lease => lease.Sweep)
            .Concat(newest.Sweeps.Where(sweep => sweep.Ended is null ? sweep.State.IsOpen : now - sweep.Ended < WorkerActivity.Window)
                .Select(sweep => new SweepId(sweep.Id))).Distinct().ToArray();
        var work = await Task.WhenAll(sweeps.Take(MostSweeps).Select(sweep => FindAsync(reader, sweep, now)));
        return new(cluster, WorkerActivity.Of(cluster, [.. work.OfType<SweepWork>()], now), now)
        {
            LeftOut = Math.Max(0, sweeps.Length - MostSweeps),
        };
    }

    private static async Task<SweepWork?> FindAsync(ClusterReader reader, SweepId sweep, DateTimeOffset now)
    {
        try
        {
            return await WorkAsync(reader, sweep, now).WaitAsync(Patience);
        }
        // The sweep has been deleted since it was listed, or cannot be read now. The rest of the cluster is still shown.
        catch (Exception e) when (LivePage.IsLoss(e) || e is InvalidInputException)
        {
            return null;
        }
    }

    private static async Task<SweepWork> WorkAsync(ClusterReader reader, SweepId sweep, DateTimeOffset now)
    {
        var (status, log) = (reader.Sweep(sweep).StatusAsync(), reader.Sweep(sweep).LogAsync(job: null, now - WorkerActivity.Window));
        return new(await status, await log);
    }
}
