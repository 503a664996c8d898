namespace AdaptCluster.Client.Tests.Commands;

public sealed class InterruptionTests
{
    [Fact]
    public async Task Killed_three_times_a_sweep_prints_the_digits_of_a_calm_one_and_runs_no_finished_job_again()
    {
        using var calm = new TemporaryHome();
        using var faulted = new TemporaryHome();
        var expected = await SweepProcess.RunAsync(calm, "submit", calm.Write("small.json", TemporaryHome.HalfSpec), "--json");
        Assert.True(expected.Code == 0, expected.Error);

        var file = faulted.Write("small.json", TemporaryHome.HalfSpec);
        var finished = 0;
        foreach (var delay in new[] { 300, 900, 150 })
        {
            using var sweep = SweepProcess.Start(faulted, "submit", file, "--json");
            // The first progress line says that the silo runs; the kill then hits training, reporting or the queue.
            await sweep.WaitForErrorAsync("jobs ·");
            await Task.Delay(delay, TestContext.Current.CancellationToken);
            sweep.Kill();
            await sweep.EndAsync();
            var after = (int)(await SweepProcess.RunAsync(faulted, "status", "latest", "--json")).Json["summary"]!["jobs"]!["completed"]!;
            Assert.InRange(after, finished, 6);
            finished = after;
        }

        var actual = await SweepProcess.RunAsync(faulted, "submit", file, "--json");

        Assert.True(actual.Code == 0, actual.Error);
        Assert.Equal(expected.Output, actual.Output);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task A_signal_hands_the_jobs_back_with_its_exit_code_and_the_same_command_goes_on(string signal, int code)
    {
        using var home = new TemporaryHome();
        var file = home.Write("small.json", TemporaryHome.HalfSpec);
        // Long enough that the signal comes before its end.
        string[] command = ["submit", file, "--set", "train.epochs=12"];
        // A shell that runs the tests in the background has its children ignore this signal.
        using var sweep = SweepProcess.Start(home, "env", ["--default-signal=INT", SweepProcess.Program, .. command]);
        await sweep.WaitForErrorAsync("jobs ·");

        await sweep.SignalAsync(signal);
        var ended = await sweep.EndAsync();

        Assert.True(code == ended.Code, $"It ended with {ended.Code}: {ended.Error}");
        Assert.EndsWith("sweep: interrupted; run the same command again to resume.", ended.Error, StringComparison.Ordinal);
        Assert.Equal("interrupted", (string?)(await SweepProcess.RunAsync(home, "list", "--json")).Json[0]!["state"]);
        Assert.Equal(0, (await SweepProcess.RunAsync(home, command)).Code);
    }

    [Fact]
    public async Task While_a_sweep_runs_other_commands_join_its_process_and_cancel_ends_it()
    {
        using var home = new TemporaryHome();
        var file = home.Write("small.json", TemporaryHome.HalfSpec);
        using var sweep = SweepProcess.Start(home, "submit", file, "--set", "train.epochs=2000");
        await sweep.WaitForErrorAsync("jobs ·");

        var status = await SweepProcess.RunAsync(home, "status", "latest", "--json");
        var cancelled = await SweepProcess.RunAsync(home, "cancel", "latest");
        var ended = await sweep.EndAsync();

        Assert.Equal("running", (string?)status.Json["summary"]!["state"]);
        Assert.True(cancelled.Code == 0, cancelled.Error);
        Assert.Contains("cancelled", cancelled.Output, StringComparison.Ordinal);
        Assert.Equal(1, ended.Code);
        Assert.Contains(": cancelled;", ended.Error, StringComparison.Ordinal);
    }
}
