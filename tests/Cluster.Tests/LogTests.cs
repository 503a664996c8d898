using System.Text.Json.Nodes;
using AdaptCluster.Connections;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Cluster.Tests;

/// <summary>What silos write on standard error when things go as they go: waits, outages, changes.</summary>
public sealed class LogTests(PostgresServer server)
{
    /// <summary>Clients that ask all the time, as dashboards and impatient people do.</summary>
    private const int Clients = 12;

    /// <summary>Most bytes that a silo writes in a minute in which its store is away.</summary>
    private const int MostInAMinute = 60_000;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3), Outage = TimeSpan.FromMinutes(1);

    [Fact]
    public async Task A_gpu_silo_that_is_there_first_waits_for_a_control_silo_without_a_word_of_failure()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("gpu", "gpu");
        // A control silo takes some seconds to come; the worker asks several times meanwhile.
        await cluster.StartAsync("control", "control");
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec);
        await cluster.WaitAsync(sweep, "completed", Limit);

        Assert.DoesNotContain(cluster["gpu"].Error.Split('\n'), line => line.Contains(" fail: ", StringComparison.Ordinal));
        Assert.DoesNotContain("   at ", cluster["gpu"].Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_outage_of_the_store_with_a_dozen_clients_writes_little()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await cluster.StartAsync("gpu", "gpu");
        var spec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal);
        var sweep = new SweepId(await cluster.SubmitAsync(spec));
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 1", 1, Limit);
        var clients = await Task.WhenAll(Enumerable.Range(0, Clients).Select(_ =>
            GatewayClient.JoinAsync(cluster.Gateways("control"), TestContext.Current.CancellationToken)));
        var before = Written();
        await server.StopAsync();
        try
        {
            using var over = new CancellationTokenSource(Outage);
            var errors = await Task.WhenAll(clients.Select(client => AskAsync(client, sweep, over.Token)));
            var after = Written();

            TestContext.Current.TestOutputHelper?.WriteLine(
                $"{errors.Sum()} calls failed in {Outage.TotalSeconds} s; bytes written: "
                + string.Join(", ", after.Select(pair => $"{pair.Key} {pair.Value - before[pair.Key]}")));
            Assert.True(errors.Sum() > Clients, "The clients hardly asked.");
            foreach (var (silo, length) in after)
                Assert.True(length - before[silo] < MostInAMinute, $"{silo} wrote {length - before[silo]} bytes:\n{cluster[silo].Error}");
        }
        finally
        {
            await server.StartAsync();
            foreach (var client in clients) await client.DisposeAsync();
        }

        Dictionary<string, int> Written() => cluster.Names.ToDictionary(name => name, name => cluster[name].Error.Length);
    }

    [Fact]
    public async Task JSON_logs_are_one_object_a_line_from_the_greeting_on_and_have_who_did_what()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        cluster.Set("ADAPTCLUSTER_LOGS__FORMAT", "json");
        await cluster.StartAsync("all");
        var sweep = await cluster.SubmitAsync(
            TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 2000", StringComparison.Ordinal));
        Assert.Equal(0, (await cluster.RunAtAsync(cluster.Gateways("all"), "pause", sweep)).Code);
        await cluster["all"].WaitForErrorAsync("Audit: ");

        var lines = cluster["all"].Error.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToArray();

        Assert.Contains(lines, line => ((string)line["message"]!).StartsWith("silo ready: all", StringComparison.Ordinal));
        var pause = Assert.Single(lines, line => (string?)line["category"] == "AdaptCluster.Audit"
            && (string?)line["fields"]!["Action"] == "pause");
        Assert.Equal($"{Environment.UserName}@{Environment.MachineName} gateway {sweep} done",
            $"{pause["fields"]!["Name"]} {pause["fields"]!["Way"]} {pause["fields"]!["Sweep"]} {pause["fields"]!["Outcome"]}");
        Assert.Matches("^[0-9a-f]{16}$", (string)pause["call"]!);
        var entry = (await cluster.RunAsync("audit", sweep, "--json")).Json.AsArray()
            .Single(entry => (string?)entry!["action"] == "pause")!;
        Assert.Equal((string?)pause["call"], (string?)entry["call"]);
    }

    /// <summary>Asks until the time is over.</summary>
    /// <returns>How often there was no answer.</returns>
    private static async Task<int> AskAsync(GatewayClient client, SweepId sweep, CancellationToken over)
    {
        var failed = 0;
        while (!over.IsCancellationRequested)
        {
            try
            {
                await client.Client.GetGrain<IFrontGrain>(0).ListPageAsync(0, 10);
                await client.Client.GetGrain<ISweepGrain>(sweep.Value).PauseAsync(now: false);
            }
            // Any error will do: what counts is what the silo writes of it.
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                failed++;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(200), CancellationToken.None);
        }
        return failed;
    }
}
