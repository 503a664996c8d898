namespace AdaptCluster.Cluster.Tests;

/// <summary>The dashboards against a real Prometheus that watches a real cluster, with a fault and retries in its sweep.</summary>
public sealed class DashboardTests(PostgresServer server)
{
    private const string Token = "the-token-of-the-tests-0123456789";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Every_panel_shows_data_of_a_sweep_with_a_fault_and_retries_in_it_and_a_metric_of_another_name_is_found_out()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        cluster.Set("ADAPTCLUSTER_HTTP__TOKEN", Token);
        await cluster.StartAsync("control", "control");
        // Without the backbone it can run nothing, until it is quarantined; others run the jobs then.
        await cluster.StartAsync("bad", "gpu", ("ADAPTCLUSTER_MODELS", "/nonexistent"));
        await cluster.StartAsync("good", "gpu", ("ADAPTCLUSTER_POOL", "later"));
        using var synthetic = new SyntheticExporter();
        using var prometheus = await Prometheus.StartAsync(
            Token, [cluster.Http("control"), cluster.Http("bad"), cluster.Http("good")], [synthetic.Address]);
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec);
        await cluster.WaitForCountAsync("SELECT count(DISTINCT position) FROM attempts WHERE outcome = 5", 3, Limit);
        Assert.Equal(0, (await cluster.RunAsync("set", sweep, "--pool", "later")).Code);
        await cluster.WaitAsync(sweep, "completed", Limit);
        for (var started = TimeProvider.System.GetTimestamp(); await prometheus.QueryAsync(
            $"sum(adaptcluster_jobs{{sweep=\"{sweep}\",state=\"completed\"}})") != 12; await Task.Delay(
            300, TestContext.Current.CancellationToken))
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Limit, "Prometheus does not see the sweep's end.");

        Assert.True(await prometheus.QueryAsync("sum(adaptcluster_attempts_total{outcome=\"unfit\"})") >= 3);
        foreach (var dashboard in Dashboard.All) Assert.Empty(await dashboard.ProblemsAsync(prometheus));
        var broken = await Dashboard.All.First().With("adaptcluster_queue_depth", "adaptcluster_queue_length").ProblemsAsync(prometheus);
        Assert.Contains(broken, problem => problem.StartsWith("cluster.json, Packs that wait: 0 values", StringComparison.Ordinal));
        Assert.Contains(broken, problem => problem.StartsWith("cluster.json: variable pool has no value", StringComparison.Ordinal));
    }
}
