using System.Text.Json.Nodes;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>A home whose holder leaves: whatever commands come at that moment wait, and then join the next holder or become it.</summary>
public sealed class HandOverTests
{
    private const string ZeroShot =
        """{"name": "one", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task Ten_commands_that_come_while_a_silo_leaves_all_succeed()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("spec.json", ZeroShot);
        using var silo = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await silo.WaitForErrorAsync("silo ready");
        var first = await SweepProcess.RunAsync(home, "submit", spec);
        Assert.True(first.Code == 0, first.Error);

        await silo.SignalAsync("TERM");
        await AssertAllSucceedAsync(home, ["status", "latest"], ["list"], ["submit", spec, "--name", "two"],
            ["results", "latest"], ["logs", "latest"],
            ["submit", spec, "--name", "three"], ["status", "one"], ["list", "--json"],
            ["submit", spec, "--name", "two"], ["pause", "nothing"]);

        Assert.Equal(0, (await silo.EndAsync()).Code);
        Assert.Equal(["completed", "completed", "completed"],
            (await SweepProcess.RunAsync(home, "list", "--json")).Json.AsArray().Select(sweep => (string)sweep!["state"]!));
        Assert.False(File.Exists(Path.Combine(home.Folder, ".adaptcluster", "silo.json")));
    }

    [Fact]
    public async Task Commands_that_have_joined_a_silo_survive_its_end_and_one_that_follows_takes_the_sweep_over()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("small.json", TemporaryHome.HalfSpec);
        using var silo = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await silo.WaitForErrorAsync("silo ready");
        using var submit = SweepProcess.Start(home, "submit", spec, "--set", "train.epochs=30", "--json");
        await submit.WaitForErrorAsync("jobs ·");
        using var logs = SweepProcess.Start(home, "logs", "latest", "--follow");
        await logs.WaitForOutputAsync("  started  ");

        await silo.SignalAsync("TERM");
        await AssertAllSucceedAsync(home, ["status", "latest"], ["list"]);

        var (ended, followed) = (await submit.EndAsync(), await logs.EndAsync());
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Contains("the process that ran the sweep has ended; resuming the sweep here.", ended.Error, StringComparison.Ordinal);
        Assert.Equal("completed", (string?)JsonNode.Parse(ended.Output)!["state"]);
        Assert.True(followed.Code == 0, followed.Error);
        var lines = followed.Output.Split('\n');
        Assert.Equal(lines.Length, lines.Distinct().Count());
    }

    [Fact]
    public async Task A_command_whose_holder_does_not_answer_says_so_and_waits()
    {
        using var home = new TemporaryHome();
        using var silo = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await silo.WaitForErrorAsync("silo ready");

        await silo.SignalAsync("STOP");
        using var list = SweepProcess.Start(home, "list");
        await list.WaitForErrorAsync($"waiting for an answer from process {silo.Id}, which holds ");
        await silo.SignalAsync("CONT");

        var listed = await list.EndAsync();
        Assert.True(listed.Code == 0, listed.Error);
        await silo.SignalAsync("TERM");
        Assert.Equal(0, (await silo.EndAsync()).Code);
    }

    [Fact]
    public async Task A_home_that_many_only_look_at_at_once_is_lent_to_one_after_the_other()
    {
        using var home = new TemporaryHome();
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot));
        Assert.True(submitted.Code == 0, submitted.Error);

        await AssertAllSucceedAsync(home, [.. Enumerable.Range(0, 4).Select(i => i % 2 == 0 ? (string[])["status", "latest"] : ["list"])]);
    }

    [Fact]
    public async Task A_silo_that_takes_the_place_of_one_that_leaves_waits_for_it_and_one_beside_a_silo_that_stays_is_refused()
    {
        using var home = new TemporaryHome();
        using var first = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await first.WaitForErrorAsync("silo ready");
        var beside = await SweepProcess.RunAsync(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        Assert.Equal(1, beside.Code);
        Assert.Contains($"is held by process {first.Id}; stop it", beside.Error, StringComparison.Ordinal);

        await first.SignalAsync("TERM");
        using var second = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await second.WaitForErrorAsync("silo ready");

        Assert.True(first.HasExited);
        await second.SignalAsync("TERM");
        Assert.Equal(0, (await second.EndAsync()).Code);
    }

    /// <summary>Starts commands at the same moment. A home has one holder at a time, or the store would have several writers.</summary>
    private static async Task AssertAllSucceedAsync(TemporaryHome home, params string[][] commands)
    {
        var running = commands.Select(command => SweepProcess.Start(home, command)).ToArray();
        try
        {
            var ended = await Task.WhenAll(running.Select(process => process.EndAsync()));
            foreach (var (command, end) in commands.Zip(ended))
            {
                // The one whose sweep is not there is answered too.
                var expected = command.Contains("nothing") ? 2 : 0;
                Assert.True(end.Code == expected, $"sweep {string.Join(' ', command)} ended with code {end.Code}: {end.Error}");
            }
        }
        finally
        {
            foreach (var process in running) process.Dispose();
        }
    }
}
