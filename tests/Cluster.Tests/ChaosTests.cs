using System.Diagnostics;
using System.Globalization;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// Random faults during a sweep. The number and the seed come from ADAPTCLUSTER_CHAOS_FAULTS (6 by default) and ADAPTCLUSTER_CHAOS_SEED;
/// tests/chaos runs many.
/// </summary>
public sealed class ChaosTests(PostgresServer server, ITestOutputHelper log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Longer than the lease of the tests' clusters, so that it runs out while its worker lives.</summary>
    private static readonly TimeSpan PastTheLease = TimeSpan.FromSeconds(9);

    [Fact]
    public async Task Whatever_fails_every_job_has_exactly_one_accepted_result_and_the_table_is_the_calm_ones()
    {
        var (faults, seed) = (Number("ADAPTCLUSTER_CHAOS_FAULTS", 6), Number("ADAPTCLUSTER_CHAOS_SEED", 1));
        var spec = Spec(faults);
        using var home = new TemporaryHome();
        var calm = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", spec), "--json");
        Assert.True(calm.Code == 0, calm.Error);

        await using var cluster = await TestCluster.CreateAsync(server);
        await Task.WhenAll(cluster.StartAsync("control-1", "control"), cluster.StartAsync("control-2", "control"));
        await Task.WhenAll(cluster.StartAsync("gpu-1", "gpu"), cluster.StartAsync("gpu-2", "gpu"));
        var sweep = await cluster.SubmitAsync(spec);
        var random = new Random(seed);
        for (var fault = 1; fault <= faults; fault++)
        {
            await FaultAsync(cluster, random, fault, faults);
            await Task.Delay(TimeSpan.FromSeconds(1 + 3 * random.NextDouble()), TestContext.Current.CancellationToken);
            cluster.Supervise();
            var done = await cluster.CountAsync("SELECT count(*) FROM jobs WHERE state = 2");
            log.WriteLine($"  {done} jobs completed");
        }
        await SettleAsync(cluster, sweep);

        var results = await cluster.RunAsync("results", sweep, "--json");
        Assert.Equal(calm.Output, results.Output);
        var jobs = await cluster.CountAsync("SELECT count(*) FROM jobs");
        Assert.Equal(jobs, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 1"));
        Assert.Equal(jobs, await cluster.CountAsync("SELECT count(DISTINCT position) FROM attempts WHERE outcome = 1"));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE lease IS NOT NULL OR state <> 2"));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM checkpoints"));
        log.WriteLine($"{faults} faults, {jobs} jobs, {await cluster.CountAsync("SELECT count(*) FROM attempts")} attempts: "
            + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 3")} handed back, {await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 4")} lost, "
            + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 2")} failed");
    }

    /// <summary>Jobs enough that the sweep outlasts the faults.</summary>
    private static string Spec(int faults) => TemporaryHome.SmallSpec
        .Replace("\"epochs\": 6", string.Create(CultureInfo.InvariantCulture, $"\"epochs\": {20 + 12 * faults}"), StringComparison.Ordinal)
        .Replace("[1, 2]", "[1, 2, 3]", StringComparison.Ordinal);

    private async Task FaultAsync(TestCluster cluster, Random random, int fault, int faults)
    {
        var silo = cluster.Names.ElementAt(random.Next(cluster.Names.Count));
        var kind = random.Next(6);
        var started = Stopwatch.GetTimestamp();
        switch (kind)
        {
            case 0 or 1:
                Say($"kill -9 of {silo}");
                cluster[silo].Kill();
                break;
            case 2:
                Say($"{silo} stands still past its lease");
                await cluster[silo].SignalAsync("STOP");
                await Task.Delay(PastTheLease);
                await cluster[silo].SignalAsync("CONT");
                break;
            case 3:
                Say("PostgreSQL crashes and starts again");
                await server.StopAsync();
                await Task.Delay(TimeSpan.FromSeconds(1 + 4 * random.NextDouble()));
                await server.StartAsync();
                break;
            case 4:
                Say("all connections to the database are cut");
                await server.CutConnectionsAsync(cluster.ConnectionString);
                break;
            default:
                Say($"{silo} is drained");
                await cluster[silo].SignalAsync("TERM");
                break;
        }
        log.WriteLine($"  took {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        void Say(string what) => log.WriteLine($"fault {fault}/{faults}: {what}");
    }

    private static async Task SettleAsync(TestCluster cluster, string sweep)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            cluster.Supervise();
            var status = await cluster.RunAsync("status", sweep, "--json");
            if (status.Code == 0 && (string?)status.Json["summary"]!["state"] == "completed") return;
            if (Stopwatch.GetElapsedTime(started) > Limit) throw new TimeoutException($"{status.Output} {status.Error}\n{cluster.Logs()}");
            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static int Number(string variable, int otherwise) => int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
