namespace AdaptCluster.Cluster.Tests;

/// <summary>Silos that fail every job, jobs that take every silo down, and pools.</summary>
public sealed class BadSiloTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_silo_without_the_backbone_gets_none_of_its_packs_and_says_so_and_no_job_is_lost_to_it()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await cluster.StartAsync("bad", "gpu", ("ADAPTCLUSTER_MODELS", "/nonexistent"));
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec);
        await cluster.WaitForOutputAsync("no silo of pool 'cpu' can run what waits: backbone 'tiny-clip': no folder of that name", Limit,
            "status", sweep);
        await cluster["bad"].WaitForErrorAsync("cannot run pack");

        await cluster.StartAsync("good", "gpu");
        await cluster.WaitAsync(sweep, "completed", Limit);

        var log = await cluster.RunAsync("logs", sweep);
        Assert.Contains("unfit      bad/cpu:1", log.Output, StringComparison.Ordinal);
        Assert.Contains("backbone 'tiny-clip': no folder of that name", log.Output, StringComparison.Ordinal);
        Assert.Equal(12, log.Output.Split('\n').Count(line => line.Contains("completed  good/cpu:1", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_job_that_takes_every_silo_down_is_set_aside_and_the_others_end()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control", ("ADAPTCLUSTER_LEASE__DURATIONSECONDS", "3"));
        await Task.WhenAll(cluster.StartAsync("gpu-1", "gpu"), cluster.StartAsync("gpu-2", "gpu"));
        // Epochs of a second or more, so that there is time to kill within the first.
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec.Replace("\"shots\": 4", "\"shots\": 16", StringComparison.Ordinal)
            .Replace("\"epochs\": 6", "\"epochs\": 2, \"batchSize\": 1", StringComparison.Ordinal));
        while (await cluster.CountAsync("SELECT count(*) FROM jobs WHERE position = 4 AND state = 3") == 0)
        {
            foreach (var name in (string[])["gpu-1", "gpu-2"])
            {
                var trains = await cluster.CountAsync(
                    $"SELECT count(*) FROM jobs WHERE position = 4 AND state = 1 AND epoch = 0 AND worker LIKE '{name}/%'");
                if (trains > 0) cluster[name].Kill();
            }
            cluster.Supervise();
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        }
        await cluster.WaitAsync(sweep, "failed", Limit);

        Assert.Equal(11, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE state = 2"));
        Assert.Equal(1, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE state = 3"));
        var status = await cluster.RunAsync("status", sweep);
        Assert.Contains("its worker was lost 6 times in a row before an epoch ended", status.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sweep_runs_in_the_pool_it_names_and_moves_when_it_is_told_to()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await cluster.StartAsync("small", "gpu", ("ADAPTCLUSTER_POOL", "small"));
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec, "--pool", "large");
        await cluster.StartAsync("other", "gpu");
        Assert.Contains("pool large", (await cluster.RunAsync("status", sweep)).Output, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE attempt > 0"));

        var set = await cluster.RunAsync("set", sweep, "--pool", "small");
        Assert.Contains("pool small", set.Output, StringComparison.Ordinal);
        await cluster.WaitAsync(sweep, "completed", Limit);
        Assert.Equal(12, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'small/%'"));
        Assert.Equal(12, await cluster.CountAsync("SELECT count(*) FROM attempts"));
    }
}
