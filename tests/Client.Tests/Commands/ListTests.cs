namespace AdaptCluster.Client.Tests.Commands;

public sealed class ListTests
{
    private const string ZeroShot =
        """{"name": "one", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task A_limit_shows_the_newest_and_says_how_many_are_left_and_all_and_json_leave_none_out()
    {
        using var home = new TemporaryHome();
        using var silo = SweepProcess.Start(home, "serve", "--gateway-port", $"{FreePort.Find()}");
        await silo.WaitForErrorAsync("silo ready");
        foreach (var name in (string[])["one", "two", "three"])
        {
            var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot), "--name", name);
            Assert.True(submitted.Code == 0, submitted.Error);
        }

        var newest = await SweepProcess.RunAsync(home, "list", "--limit", "1");
        Assert.Equal(["three"], Names(newest.Output));
        Assert.Equal("2 older sweeps not shown; 'sweep list --all' lists all sweeps.", newest.Error);
        foreach (var option in (string[][])[["--all"], []])
        {
            var all = await SweepProcess.RunAsync(home, ["list", .. option]);
            Assert.Equal(["three", "two", "one"], Names(all.Output));
            Assert.Equal("", all.Error);
        }
        Assert.Equal(["three", "two", "one"], (await SweepProcess.RunAsync(home, "list", "--json")).Json.AsArray()
            .Select(sweep => (string)sweep!["name"]!));
        Assert.Equal(["three", "two"], (await SweepProcess.RunAsync(home, "list", "--json", "--limit", "2")).Json.AsArray()
            .Select(sweep => (string)sweep!["name"]!));
        Assert.Equal("one\nthree\ntwo", string.Join('\n', (await SweepProcess.RunAsync(home, "list", "-q", "--sort", "name")).Output
            .Split('\n').Select(id => id.Split('-')[0])));
        Assert.Equal(["three", "two"], (await SweepProcess.RunAsync(home, "list", "--state", "completed", "-n", "2", "-o", "json")).Json
            .AsArray().Select(sweep => (string)sweep!["name"]!));
        var none = await SweepProcess.RunAsync(home, "list", "--state", "failed", "--state", "running");
        Assert.Equal((0, "", "no sweep is failed or running; 'sweep list' lists all sweeps."), (none.Code, none.Output, none.Error));
        var typo = await SweepProcess.RunAsync(home, "list", "--state", "runing");
        Assert.StartsWith("sweep list: --state: found 'runing' (did you mean 'running'?); write ", typo.Error, StringComparison.Ordinal);
        var both = await SweepProcess.RunAsync(home, "list", "--all", "--limit", "2");
        Assert.Equal((2, "sweep: --all and --limit: use only one of them."), (both.Code, both.Error));
    }

    private static IEnumerable<string> Names(string table) =>
        table.Split('\n').Skip(1).Where(line => line.Contains("completed", StringComparison.Ordinal))
            .Select(line => line.Split('-')[0].Trim());
}
