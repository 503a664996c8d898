using System.Text.Json.Nodes;

namespace AdaptCluster.Cluster.Tests;

/// <summary>An upgrade that replaces silos one by one. tests/upgrade builds the older version and runs this.</summary>
public sealed class UpgradeTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task A_sweep_goes_on_while_each_silo_is_replaced_by_one_of_the_next_version()
    {
        var older = Environment.GetEnvironmentVariable("ADAPTCLUSTER_OLDER");
        Assert.SkipWhen(string.IsNullOrEmpty(older), "ADAPTCLUSTER_OLDER names no older build's 'sweep'; tests/upgrade COMMIT makes one.");
        var spec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 60", StringComparison.Ordinal);
        using var home = new TemporaryHome();
        var calm = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", spec), "--json");

        await using var cluster = await TestCluster.CreateAsync(server, older);
        await Task.WhenAll(cluster.StartAsync("control-old", "control"), cluster.StartAsync("gpu-old", "gpu"));
        var sweep = await cluster.SubmitAsync(spec);
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 3, Limit);
        cluster.Program = SweepProcess.Program;
        Assert.Equal(0, (await cluster.RunAsync("db", "migrate")).Code);
        await cluster.StartAsync("gpu-new", "gpu");
        await cluster.WaitForCountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'gpu-new/%' AND outcome = 1", 1, Limit);
        await cluster.StartAsync("control-new", "control");
        foreach (var name in (string[])["control-old", "gpu-old"])
        {
            await cluster[name].SignalAsync("TERM");
            Assert.Equal(0, (await cluster[name].EndAsync()).Code);
        }
        await cluster.WaitAsync(sweep, "completed", Limit);

        Assert.Equal(Found(calm.Output), Found((await cluster.RunAsync("results", sweep, "--json")).Output));
        Assert.True(await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'gpu-old/%' AND outcome = 1") > 0);
    }

    /// <summary>What the runs found. Ids and what newer versions count besides may differ between versions.</summary>
    private static string[] Found(string results) => [.. JsonNode.Parse(results)!["rows"]!.AsArray().SelectMany(row => row!["cells"]!.AsObject().Select(cell =>
        $"{row["label"]}, {cell.Key}: {cell.Value!["tTarget"]} {cell.Value["test"]!.ToJsonString()} {cell.Value["validation"]!.ToJsonString()}"))];
}
