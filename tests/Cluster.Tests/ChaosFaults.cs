using System.Diagnostics;
using Npgsql;

namespace AdaptCluster.Cluster.Tests;

/// <summary>The faults of the chaos runs, each by name.</summary>
/// <param name="server">The database's server.</param>
/// <param name="cluster">The cluster.</param>
/// <param name="proxy">What its connections to the database pass.</param>
/// <param name="random">Chooses whom a fault hits, and for how long.</param>
internal sealed class ChaosFaults(PostgresServer server, TestCluster cluster, LoopbackProxy proxy, Random random)
{
    /// <summary>Longer than the lease of the tests' clusters, so that it runs out while its worker lives.</summary>
    private static readonly TimeSpan PastTheLease = TimeSpan.FromSeconds(9);

    /// <summary>
    /// Longer than <see cref="StallsAfter"/>, the bound within which the worker must stop, and what the silo takes to leave.
    /// </summary>
    private static readonly TimeSpan HangsFor = TimeSpan.FromSeconds(45);

    /// <summary>After so many seconds without progress a lease is taken back in the clusters of these tests.</summary>
    internal const string StallsAfter = "20", StopsWithin = "5";

    /// <summary>A fault.</summary>
    /// <param name="Name">What it is.</param>
    /// <param name="OfTheDatabaseAlone">Whether no silo is touched: no attempt may be lost then.</param>
    /// <param name="RunAsync">Makes it, waits, and mends it.</param>
    internal sealed record Fault(string Name, bool OfTheDatabaseAlone, Func<Task> RunAsync);

    /// <summary>All kinds of faults.</summary>
    public IReadOnlyList<Fault> All =>
    [
        new("kill -9 of a gpu silo", false, () => KillAsync("gpu")),
        new("kill -9 of a control silo", false, () => KillAsync("control")),
        new("a gpu silo stands still past its lease", false, () => StandStillAsync("gpu")),
        new("a control silo stands still past its lease", false, () => StandStillAsync("control")),
        new("a silo is drained", false, () => cluster[Any("")].SignalAsync("TERM")),
        new("a control silo is killed in the middle of a submission", false, KillWhileSubmittingAsync),
        new("a silo without the backbone joins and goes", false, UnfitAsync),
        new("a silo whose files never answer joins", false, HangAsync),
        .. cluster.HasMovedClocks
            ? (Fault[])
            [
                new("the clocks of the control silos go an hour back", false, () => MoveClocksAsync("-3600")),
                new("the clocks of the control silos go an hour ahead", false, () => MoveClocksAsync("+3600")),
            ]
            : [],
        new("all connections to the database are cut", true, () => server.CutConnectionsAsync(cluster.ConnectionString)),
        new("PostgreSQL crashes and starts again", true, () => StopDatabaseAsync(TimeSpan.FromSeconds(1 + 4 * random.NextDouble()))),
        new("PostgreSQL is away for 20 s", true, () => StopDatabaseAsync(TimeSpan.FromSeconds(20))),
        new("the database is read-only for 15 s", true, ReadOnlyAsync),
        new("all of the database's connections are taken for 10 s", true, ExhaustAsync),
        new("each answer of the database takes 2 s for 20 s", true, SlowAsync),
        new("the answers of the database are lost for 10 s", true, SwallowAsync),
    ];

    /// <summary>The outage that no cluster sees every day.</summary>
    public Fault LongOutage => new("PostgreSQL is away for 180 s", true, () => StopDatabaseAsync(TimeSpan.FromSeconds(180)));

    /// <summary>Sweeps that were submitted by the way.</summary>
    public List<string> Submitted { get; } = [];

    private string Any(string prefix)
    {
        var names = cluster.Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
        return names[random.Next(names.Length)];
    }

    private Task KillAsync(string prefix)
    {
        cluster[Any(prefix)].Kill();
        return Task.CompletedTask;
    }

    private async Task StandStillAsync(string prefix)
    {
        var silo = cluster[Any(prefix)];
        await silo.SignalAsync("STOP");
        await Task.Delay(PastTheLease);
        await silo.SignalAsync("CONT");
    }

    private async Task KillWhileSubmittingAsync()
    {
        // Enough jobs that writing them takes a while; the same spec each time has one result, whatever happened to the first tries.
        var spec = $$"""
            {"name": "by-the-way-{{Submitted.Count}}", "backbone": "tiny-clip", "shots": 1, "seeds": [{{string.Join(", ", Enumerable.Range(0, 400))}}], "datasets": ["tiny-kinds", "tiny-tinted"],
             "arms": [{"method": "zero-shot"}]}
            """;
        var submission = cluster.SubmitOnceAsync(spec);
        await Task.Delay(TimeSpan.FromMilliseconds(500 + random.Next(2000)));
        await KillAsync("control");
        cluster.Supervise();
        await submission;
        Submitted.Add(spec);
    }

    private async Task UnfitAsync()
    {
        cluster.Launch("unfit", "gpu", ("ADAPTCLUSTER_MODELS", "/nonexistent"));
        await Task.Delay(TimeSpan.FromSeconds(15));
        await cluster.EndAsync("unfit");
    }

    private async Task HangAsync()
    {
        cluster.Launch("hung", "gpu", ("ADAPTCLUSTER_MODELS", cluster.SilentModels()));
        // What it leases stands still until the queue takes it back, and the silo leaves then; one that gets no work stays.
        for (var started = Stopwatch.GetTimestamp(); !cluster["hung"].HasExited && Stopwatch.GetElapsedTime(started) < HangsFor;)
            await Task.Delay(300);
        await cluster.EndAsync("hung");
    }

    private async Task MoveClocksAsync(string seconds)
    {
        cluster.MoveClocks(seconds);
        await Task.Delay(PastTheLease);
        cluster.MoveClocks("+0");
    }

    private async Task StopDatabaseAsync(TimeSpan time)
    {
        await server.StopAsync();
        await Task.Delay(time);
        await server.StartAsync();
    }

    private async Task ReadOnlyAsync()
    {
        await server.SetReadOnlyAsync(cluster.ConnectionString, isReadOnly: true);
        await Task.Delay(TimeSpan.FromSeconds(15));
        await server.SetReadOnlyAsync(cluster.ConnectionString, isReadOnly: false);
    }

    private async Task ExhaustAsync()
    {
        // Those of the silos are cut, so that they have to open others and find none.
        var taken = new List<NpgsqlConnection>();
        try
        {
            await server.CutConnectionsAsync(cluster.ConnectionString);
            for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(10);)
            {
                var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(
                    cluster.ConnectionString)
                { Pooling = false }.ConnectionString);
                try
                {
                    await connection.OpenAsync();
                    taken.Add(connection);
                }
                catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.TooManyConnections)
                {
                    await connection.DisposeAsync();
                    await Task.Delay(200);
                }
            }
        }
        finally
        {
            foreach (var connection in taken) await connection.DisposeAsync();
        }
    }

    private async Task SlowAsync()
    {
        proxy.Delay = TimeSpan.FromSeconds(2);
        await Task.Delay(TimeSpan.FromSeconds(20));
        proxy.Delay = TimeSpan.Zero;
    }

    private async Task SwallowAsync()
    {
        proxy.Mode = ProxyMode.SwallowAnswers;
        await Task.Delay(TimeSpan.FromSeconds(10));
        proxy.Mode = ProxyMode.Open;
    }
}
