namespace AdaptCluster.Cluster.Tests;

/// <summary>An upgrade that replaces silos one by one. tests/upgrade builds the older version and runs this.</summary>
public sealed class UpgradeTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task A_sweep_goes_on_while_each_silo_is_replaced_by_one_of_the_next_version()
    {
        var (older, next) = (TrainerUpgradeTests.Build("ADAPTCLUSTER_OLDER"), TrainerUpgradeTests.Build("ADAPTCLUSTER_SAME"));
        var spec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 200", StringComparison.Ordinal);
        using var home = new TemporaryHome();
        using var submitted = SweepProcess.Start(home, next, ["submit", home.Write("spec.json", spec)]);
        Assert.Equal(0, (await submitted.EndAsync()).Code);
        using var results = SweepProcess.Start(home, next, ["results", "latest", "--runs", "--format", "csv"]);
        var calm = await results.EndAsync();

        await using var cluster = await TestCluster.CreateAsync(server, older);
        await Task.WhenAll(cluster.StartAsync("control-old", "control"), cluster.StartAsync("gpu-old", "gpu"));
        var sweep = await cluster.SubmitAsync(spec);
        // While the old worker has its first pack: a control silo of 0.1.0 divides none, so the new one gets what still waits.
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 1, Limit);
        cluster.Program = next;
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

        // A job's id says what its result must be; a trainer whose digits differ gives its jobs other ids.
        var (expected, found) = (TrainerUpgradeTests.Accuracies(calm.Output),
            TrainerUpgradeTests.Accuracies((await cluster.RunAsync("results", sweep, "--runs", "--format", "csv")).Output));
        Assert.Equal(12, found.Count);
        Assert.DoesNotContain("", found.Values);
        foreach (var job in expected.Keys.Intersect(found.Keys)) Assert.Equal(expected[job], found[job]);
        Assert.True(await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'gpu-old/%' AND outcome = 1") > 0);
    }
}
