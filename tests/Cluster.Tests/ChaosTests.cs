using System.Diagnostics;
using System.Globalization;

namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// Random faults during a sweep on two control and three gpu silos, each a process of its own. The number and the seed come from
/// ADAPTCLUSTER_CHAOS_FAULTS (6 by default) and ADAPTCLUSTER_CHAOS_SEED; tests/chaos runs many, and a database outage of three minutes with
/// them.
/// </summary>
public sealed class ChaosTests(PostgresServer server, ITestOutputHelper log)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(20);

    /// <summary>Runs of so many faults have the long outage and moved clocks too.</summary>
    private const int Long = 20;

    [Fact]
    public async Task Whatever_fails_every_job_has_exactly_one_accepted_result_and_the_table_is_the_calm_ones()
    {
        var (count, seed) = (Number("ADAPTCLUSTER_CHAOS_FAULTS", 6), Number("ADAPTCLUSTER_CHAOS_SEED", 1));
        var spec = Spec(count);
        using var home = new TemporaryHome();
        using var calmly = SweepProcess.Start(home, "submit", home.Write("spec.json", spec), "--json");
        var calm = await calmly.EndAsync(Limit);
        Assert.True(calm.Code == 0, calm.Error);

        var random = new Random(seed);
        await using var proxy = new LoopbackProxy(server.Port);
        await using var cluster = await TestCluster.CreateAsync(server, proxy: proxy);
        if (count >= Long && !cluster.MoveClocks("+0"))
            log.WriteLine("libfaketime is not installed (package libfaketime), so no clock moves.");
        cluster.Set("ADAPTCLUSTER_LEASE__STALLSECONDS", ChaosFaults.StallsAfter);
        cluster.Set("ADAPTCLUSTER_LEASE__STOPSECONDS", ChaosFaults.StopsWithin);
        await Task.WhenAll(cluster.StartAsync("control-1", "control"), cluster.StartAsync("control-2", "control"));
        await Task.WhenAll(cluster.StartAsync("gpu-1", "gpu"), cluster.StartAsync("gpu-2", "gpu"), cluster.StartAsync("gpu-3", "gpu"));
        var sweep = await cluster.SubmitAsync(spec);
        var faults = new ChaosFaults(server, cluster, proxy, random);
        var (fault, more) = (0, new List<string>());
        foreach (var next in Order(faults, random, count))
        {
            await KeepBusyAsync(cluster, spec, more);
            await MakeAsync(cluster, next, sweep, ++fault, count);
        }
        await SettleAsync(cluster, sweep);
        foreach (var other in more) await SettleAsync(cluster, other);
        foreach (var other in faults.Submitted) await SettleAsync(cluster, await cluster.SubmitAsync(other));

        var results = await cluster.RunAsync("results", sweep, "--json");
        Assert.Equal(calm.Output, results.Output);
        // Sweeps that were submitted while their control silo was killed repeat the jobs of each other, which the cache answers.
        var jobs = await cluster.CountAsync("SELECT count(*) FROM jobs WHERE cached_from IS NULL");
        Assert.Equal(jobs, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 1"));
        Assert.Equal(jobs, await cluster.CountAsync(
            "SELECT count(*) FROM (SELECT DISTINCT sweep_id, position FROM attempts WHERE outcome = 1) AS accepted"));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE lease IS NOT NULL OR state <> 2"));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM checkpoints"));
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM sweeps WHERE state <> 1"));
        // What a negative count would have said.
        Assert.DoesNotContain("jobs leave the state", cluster.Logs(), StringComparison.Ordinal);
        log.WriteLine($"{fault} faults, {jobs} jobs, {await cluster.CountAsync("SELECT count(*) FROM attempts")} attempts: "
            + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 3")} handed back, "
                + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 4")} lost, "
            + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 2")} failed, "
                + $"{await cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 5")} on an unfit silo");
    }

    /// <summary>Every kind as often as every other, in an order that the seed decides; long runs begin with the long outage.</summary>
    private static IEnumerable<ChaosFaults.Fault> Order(ChaosFaults faults, Random random, int count)
    {
        var left = count;
        if (count >= Long)
        {
            yield return faults.LongOutage;
            left--;
        }
        while (left > 0)
        {
            var round = faults.All.ToArray();
            random.Shuffle(round);
            foreach (var fault in round.Take(left)) yield return fault;
            left -= Math.Min(left, round.Length);
        }
    }

    /// <summary>Jobs enough that the sweep outlasts the faults.</summary>
    private static string Spec(int faults) => TemporaryHome.SmallSpec
        .Replace("\"epochs\": 6", string.Create(CultureInfo.InvariantCulture, $"\"epochs\": {30 + 14 * faults}"), StringComparison.Ordinal)
        .Replace("[1, 2]", "[1, 2, 3]", StringComparison.Ordinal);

    /// <summary>Submits another seed where little is left to do: a fault that finds no worker at work proves nothing.</summary>
    private static async Task KeepBusyAsync(TestCluster cluster, string spec, List<string> more)
    {
        if (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE state IN (0, 1)") > 12) return;
        await cluster.ReadyAsync();
        more.Add(await cluster.SubmitAsync(spec.Replace("[1, 2, 3]", $"[{4 + more.Count}]", StringComparison.Ordinal)));
    }

    private async Task MakeAsync(TestCluster cluster, ChaosFaults.Fault fault, string sweep, int number, int of)
    {
        if (fault.OfTheDatabaseAlone) await CalmAsync(cluster);
        var (lost, refused) = fault.OfTheDatabaseAlone ? (await LostAsync(cluster), await RefusedAsync(cluster, sweep)) : default;
        var (started, before) = (Stopwatch.GetTimestamp(), await ProgressAsync(cluster));
        log.WriteLine($"fault {number}/{of}: {fault.Name}");
        var running = fault.RunAsync();
        if (fault.OfTheDatabaseAlone) await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(5)));
        var early = await ProgressAsync(cluster);
        await running;
        var late = await ProgressAsync(cluster);
        var took = Stopwatch.GetElapsedTime(started);
        log.WriteLine($"  took {took.TotalSeconds:F1} s; the workers' progress went from {before} over {early} to {late}");
        await Task.Delay(TimeSpan.FromSeconds(2));
        cluster.Supervise();
        if (fault.OfTheDatabaseAlone)
        {
            await CalmAsync(cluster);
            Assert.True(await LostAsync(cluster) == lost,
                $"{fault.Name}: attempts were lost although only the database failed.\n{cluster.Logs()}");
            Assert.True(await RefusedAsync(cluster, sweep) <= refused,
                $"{fault.Name}: reports were refused although only the database failed.\n{cluster.Logs()}");
            var open = await cluster.CountAsync($"SELECT count(*) FROM jobs WHERE sweep_id = '{sweep}' AND state IN (0, 1)");
            // While there is work, workers get on with it whatever the database does.
            if (took > TimeSpan.FromSeconds(10) && open > 6)
                Assert.True(late > early, $"{fault.Name}: nothing was trained meanwhile.\n{cluster.Logs()}");
        }
        log.WriteLine($"  {await cluster.CountAsync("SELECT count(*) FROM jobs WHERE state = 2")} jobs completed");
    }

    private static Task<long> LostAsync(TestCluster cluster) => cluster.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 4");

    /// <summary>Reports that the sweep's grain has refused since it came to its silo.</summary>
    private static async Task<long> RefusedAsync(TestCluster cluster, string sweep) =>
        (long)(await cluster.RunAsync("status", sweep, "--json")).Json["refusedReports"]!;

    /// <summary>Iterations, images and evaluations of all gpu silos, whether or not the store has heard of them.</summary>
    private static async Task<double> ProgressAsync(TestCluster cluster)
    {
        var sum = 0.0;
        foreach (var name in cluster.Names.Where(name => name.StartsWith("gpu", StringComparison.Ordinal)))
            if (await cluster.TryScrapeAsync(name) is { } scrape)
                sum += scrape.Samples.Where(sample => sample.Name == "adaptcluster_progress_total").Sum(sample => sample.Value);
        return sum;
    }

    /// <summary>
    /// Waits until what earlier faults have cost is known: every lease in the store belongs to a worker that lives, and the database
    /// answers.
    /// </summary>
    private static async Task CalmAsync(TestCluster cluster)
    {
        await cluster.ReadyAsync();
        var (seen, since) = (-1L, Stopwatch.GetTimestamp());
        for (var started = since; Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(8);)
        {
            if (await LostAsync(cluster) is var lost && lost != seen) (seen, since) = (lost, Stopwatch.GetTimestamp());
            if (Stopwatch.GetElapsedTime(started) > Limit) throw new TimeoutException(cluster.Logs());
            await Task.Delay(TimeSpan.FromMilliseconds(500));
        }
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

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
            : otherwise;
}
