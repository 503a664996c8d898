namespace AdaptCluster.Cluster.Tests;

/// <summary>Silos as separate processes on a PostgreSQL store.</summary>
public sealed class ClusterTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <summary>Long enough that something can happen to it.</summary>
    private static readonly string LongSpec = TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 400", StringComparison.Ordinal);

    [Fact]
    public async Task A_control_silo_and_two_that_only_train_give_the_digits_of_a_laptop()
    {
        using var home = new TemporaryHome();
        var laptop = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", TemporaryHome.SmallSpec), "--json");
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await Task.WhenAll(cluster.StartAsync("gpu-1", "gpu"), cluster.StartAsync("gpu-2", "gpu"));

        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec);
        var watched = await cluster.RunAsync("watch", sweep, "--json");

        Assert.True(watched.Code == 0, watched.Error + cluster.Logs());
        Assert.Equal(laptop.Output, watched.Output);
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker NOT LIKE 'gpu-%'"));
        Assert.Equal(2, await cluster.CountAsync("SELECT count(DISTINCT split_part(worker, '/', 1)) FROM attempts"));
        var doctor = await cluster.RunAsync("doctor", "--json");
        Assert.Contains("gpu-2", doctor.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_that_joins_a_running_sweep_takes_work_within_seconds_and_one_that_is_drained_loses_no_epoch()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("first");
        var sweep = await cluster.SubmitAsync(LongSpec);
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE worker LIKE 'first/%' AND epoch > 0", 1, Limit);

        await cluster.StartAsync("second");
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE worker LIKE 'second/%'", 1, TimeSpan.FromSeconds(5));
        await cluster.WaitForCountAsync("SELECT coalesce(max(epoch), 0) FROM jobs WHERE worker LIKE 'second/%'", 3, Limit);

        await cluster["second"].SignalAsync("TERM");
        var ended = await cluster["second"].EndAsync();
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(0, await cluster.CountAsync("SELECT count(*) FROM jobs WHERE worker LIKE 'second/%' AND lease IS NOT NULL"));
        Assert.Equal(
            0, await cluster.CountAsync("SELECT count(*) FROM attempts WHERE worker LIKE 'second/%' AND outcome <> 3 AND outcome <> 1"));
        // Every epoch that the drained silo has trained is kept: its successor goes on from the next one.
        Assert.Equal(
            0, await cluster.CountAsync(
            "SELECT count(*) FROM jobs j WHERE epoch <> (SELECT count(*) FROM epochs e WHERE e.sweep_id = j.sweep_id AND "
            + "e.position = j.position)"));

        Assert.Equal(0, (await cluster.RunAsync("cancel", sweep)).Code);
    }

    [Fact]
    public async Task Pause_cancel_resume_and_priorities_act_on_a_running_sweep()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("only");
        var sweep = await cluster.SubmitAsync(LongSpec);
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE epoch > 0", 1, Limit);

        Assert.Equal(0, (await cluster.RunAsync("pause", sweep, "--now")).Code);
        await cluster.WaitForCountAsync("SELECT CASE WHEN count(*) = 0 THEN 1 ELSE 0 END FROM jobs WHERE state = 1", 1,
            TimeSpan.FromSeconds(5));
        Assert.Equal("paused", await StateAsync(cluster, sweep));

        // A paused sweep leaves the workers to others, and goes on where it stopped.
        var other = await cluster.SubmitAsync(TemporaryHome.SmallSpec, "--name", "other", "--priority", "5");
        await cluster.WaitAsync(other, "completed", Limit);
        var epochs = await cluster.CountAsync($"SELECT sum(epoch) FROM jobs WHERE sweep_id = '{sweep}'");
        Assert.Equal(0, (await cluster.RunAsync("resume", sweep)).Code);
        await cluster.WaitForCountAsync($"SELECT sum(epoch) FROM jobs WHERE sweep_id = '{sweep}'", epochs + 1, Limit);

        var set = await cluster.RunAsync("set", sweep, "--priority", "7", "--parallel", "1");
        Assert.Equal($"{sweep}: priority 7, parallel 1, pool cpu", set.Output);

        var cancelled = await cluster.RunAsync("cancel", sweep);
        Assert.Contains("cancelled", cancelled.Output, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.CountAsync(
            $"SELECT count(*) FROM jobs WHERE sweep_id = '{sweep}' AND (state IN (0, 1) OR lease IS NOT NULL)"));
    }

    [Fact]
    public async Task A_grid_that_overlaps_an_earlier_one_runs_only_what_is_new()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("only");
        await cluster.WaitAsync(await cluster.SubmitAsync(TemporaryHome.SmallSpec), "completed", Limit);

        var wider = await cluster.SubmitAsync(TemporaryHome.SmallSpec.Replace("[24, 12]", "[24, 18]", StringComparison.Ordinal)
            .Replace("[12, 24]", "[18, 24]", StringComparison.Ordinal));
        await cluster.WaitAsync(wider, "completed", Limit);

        var jobs = (await cluster.RunAsync("status", wider, "--json")).Json["summary"]!["jobs"]!;
        Assert.Equal((12, 8), ((int)jobs["completed"]!, (int)jobs["cached"]!));
        Assert.Equal(4, await cluster.CountAsync($"SELECT count(*) FROM attempts WHERE sweep_id = '{wider}'"));
    }

    private static async Task<string?> StateAsync(TestCluster cluster, string sweep) =>
        (string?)(await cluster.RunAsync("status", sweep, "--json")).Json["summary"]!["state"];
}
