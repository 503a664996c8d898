namespace AdaptCluster.Cluster.Tests;

/// <summary>Two clusters, such as staging beside production, on one database.</summary>
public sealed class TwoClustersTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Neither_lists_runs_nor_fences_the_sweeps_of_the_other_and_the_same_spec_runs_in_both()
    {
        await using var database = await TestCluster.CreateAsync(server);
        await using TestCluster a = database.Beside("a"), b = database.Beside("b");
        await a.StartAsync("a-control", "control");
        await a.StartAsync("a-gpu", "gpu", ("ADAPTCLUSTER_POOL", "cpu"));
        var running = await a.SubmitAsync(TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 4000", StringComparison.Ordinal),
            "--name", "running");
        await a.WaitForCountAsync($"SELECT count(*) FROM jobs WHERE sweep_id = '{running}' AND epoch > 0", 1, Limit);

        // The other cluster starts while the first one's jobs train.
        await b.StartAsync("b-control", "control");
        await b.StartAsync("b-gpu", "gpu", ("ADAPTCLUSTER_POOL", "cpu"));
        Assert.Equal("[]", (await b.RunAsync("list", "--json")).Output);
        Assert.Contains("there are no sweeps yet", (await b.RunAsync("status", running)).Error, StringComparison.Ordinal);
        var second = await b.SubmitAsync(TemporaryHome.SmallSpec, "--name", "both");
        await b.WaitAsync(second, "completed", Limit);

        Assert.Equal(0, (await a.RunAsync("pause", running, "--now")).Code);
        var first = await a.SubmitAsync(TemporaryHome.SmallSpec, "--name", "both", "--priority", "1");
        await a.WaitAsync(first, "completed", Limit);

        Assert.NotEqual(first, second);
        Assert.Equal(first, await a.SubmitAsync(TemporaryHome.SmallSpec, "--name", "both"));
        Assert.Equal(second, await b.SubmitAsync(TemporaryHome.SmallSpec, "--name", "both"));
        Assert.Equal(await ResultsAsync(a, first), await ResultsAsync(b, second));
        Assert.Equal(0, await a.CountAsync(
            $"SELECT count(*) FROM jobs WHERE sweep_id = '{second}' AND cached_from IS NOT NULL OR cached_from = '{second}'"));
        Assert.Equal(
            0,
            await a.CountAsync(
            $"SELECT count(*) FROM jobs WHERE worker LIKE 'b-gpu/%' AND sweep_id <> '{second}' OR worker LIKE 'a-gpu/%' AND "
            + $"sweep_id = '{second}'"));
        Assert.Equal(0, await a.CountAsync("SELECT count(*) FROM attempts WHERE outcome = 4"));
        Assert.Equal([first, running], await ListAsync(a));
        Assert.Equal([second], await ListAsync(b));
        Assert.Equal(0, (await a.RunAsync("cancel", running)).Code);
    }

    private static async Task<string[]> ListAsync(TestCluster cluster) =>
        [.. (await cluster.RunAsync("list", "--json")).Json.AsArray().Select(sweep => (string)sweep!["id"]!)];

    private static async Task<string> ResultsAsync(TestCluster cluster, string sweep) =>
        (await cluster.RunAsync("results", sweep, "--json")).Json["rows"]!.ToJsonString();
}
