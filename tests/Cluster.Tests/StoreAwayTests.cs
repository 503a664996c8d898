namespace AdaptCluster.Cluster.Tests;

/// <summary>
/// What users of a cluster with roles apart read while PostgreSQL is stopped: which part does not answer, since when, and never a fault of
/// this program.
/// </summary>
public sealed class StoreAwayTests(PostgresServer server)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task Every_command_says_that_the_store_does_not_answer_and_doctor_shows_what_it_can()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await cluster.StartAsync("gpu", "gpu");
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec);
        await cluster.WaitForCountAsync("SELECT count(*) FROM jobs WHERE state = 2", 1, Limit);
        var job = await cluster.TextAsync("SELECT job_id FROM jobs WHERE state = 2 LIMIT 1");
        var gateways = cluster.Gateways("control");
        string[][] commands =
        [
            ["list"], ["status", sweep], ["results", sweep], ["pause", sweep], ["logs", sweep], ["plan", "spec.json"],
            ["submit", "spec.json"], ["explain", sweep, "--job", job],
            ["resume", sweep], ["cancel", sweep], ["set", sweep, "--priority", "1"], ["curves", sweep, "--job", job],
        ];
        await server.StopAsync();
        try
        {
            foreach (var command in commands)
                AssertSays(command[0], await cluster.RunAtAsync(gateways, command), "the store's database does not answer since 20");
            foreach (var command in (string[][])[["list"], ["db", "migrate"], ["serve"]])
                AssertSays(command[0], await cluster.RunAsync(command), "the store's database does not answer");

            var doctor = await cluster.RunAtAsync(gateways, "doctor");
            AssertSays("doctor", doctor, "the store's database does not answer since 20");
            Assert.Contains($"gateway {gateways}: accepts connections", doctor.Output, StringComparison.Ordinal);
            Assert.Contains("silo control at ", doctor.Output, StringComparison.Ordinal);
            Assert.Contains("silo gpu at ", doctor.Output, StringComparison.Ordinal);
            Assert.Contains("store: the store's database does not answer since 20", doctor.Output, StringComparison.Ordinal);
            Assert.Matches("(?m)^pool cpu: \\d+ packs waiting .* leased$", doctor.Output);
            var json = (await cluster.RunAtAsync(gateways, "doctor", "--json")).Json;
            Assert.Equal((false, 2), ((bool)json["store"]!["answers"]!, json["silos"]!.AsArray().Count));
            Assert.NotNull(json["store"]!["since"]);

            var blind = await cluster.RunAsync("doctor");
            AssertSays("doctor", blind, "the store's database does not answer");
            Assert.Contains("store: the store's database does not answer", blind.Output, StringComparison.Ordinal);
            Assert.Contains("to see the silos without the store, pass the gateways (--cluster HOST:30000)", blind.Error,
                StringComparison.Ordinal);
        }
        finally
        {
            await server.StartAsync();
        }
        await cluster.WaitAsync(sweep, "completed", Limit);
        var sound = await cluster.RunAtAsync(gateways, "doctor");
        Assert.Equal(0, sound.Code);
        Assert.Contains("store: answers", sound.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Commands_that_follow_a_sweep_wait_for_the_store_and_say_so_once()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        await cluster.StartAsync("gpu", "gpu");
        var sweep = await cluster.SubmitAsync(TemporaryHome.SmallSpec.Replace("\"epochs\": 6", "\"epochs\": 60", StringComparison.Ordinal));
        var gateways = cluster.Gateways("control");
        using var logs = cluster.StartAt(gateways, "logs", sweep, "--follow");
        using var watch = cluster.StartAt(gateways, "watch", sweep);
        await watch.WaitForErrorAsync("jobs");
        await logs.WaitForOutputAsync("  started  ");

        await server.StopAsync();
        try
        {
            await logs.WaitForErrorAsync("the store's database does not answer");
        }
        finally
        {
            await server.StartAsync();
        }

        var (watched, logged) = (await watch.EndAsync(), await logs.EndAsync());
        Assert.True(watched.Code == 0, watched.Error);
        Assert.Contains("Adapt (T=12)", watched.Output, StringComparison.Ordinal);
        Assert.True(logged.Code == 0, logged.Error);
        Assert.Equal(12, logged.Output.Split('\n').Count(line => line.Contains("  completed  ", StringComparison.Ordinal)));
        Assert.Single(logged.Error.Split('\n'), line => line.Contains("does not answer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_gateway_that_nobody_listens_at_is_named_and_another_of_the_list_is_used()
    {
        await using var cluster = await TestCluster.CreateAsync(server);
        await cluster.StartAsync("control", "control");
        var (dead, alive) = ($"127.0.0.1:{FreePort.Find()}", cluster.Gateways("control"));

        Assert.Equal(0, (await cluster.RunAtAsync($"{dead},{alive}", "list")).Code);
        await cluster["control"].SignalAsync("TERM");
        await cluster["control"].EndAsync();

        var list = await cluster.RunAtAsync($"{dead},{alive}", "list");
        Assert.Equal(
            $"sweep: no silo answers at {dead},{alive}: 2 gateways, no connection to {dead}, {alive}; is the silo running ('sweep serve')?",
            list.Error);
        Assert.Equal(1, list.Code);
        var byStore = await cluster.RunAsync("list");
        Assert.EndsWith("no gateway is registered there; is the silo running ('sweep serve')?", byStore.Error, StringComparison.Ordinal);
        var doctor = await cluster.RunAtAsync(dead, "doctor");
        Assert.Equal((1, $"gateway {dead}: refuses connections"), (doctor.Code, doctor.Output));
    }

    private static void AssertSays(string command, SweepProcess.Ended ended, string words)
    {
        Assert.True(ended.Code == 1 && ended.Error.Contains(words, StringComparison.Ordinal),
            $"{command} ended with code {ended.Code} and said: {ended.Error}");
        Assert.DoesNotContain("bug in this program", ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("Codec", ended.Error, StringComparison.Ordinal);
    }
}
