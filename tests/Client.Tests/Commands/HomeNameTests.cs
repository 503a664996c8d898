namespace AdaptCluster.Client.Tests.Commands;

public sealed class HomeNameTests
{
    [Fact]
    public async Task A_home_may_have_any_name_that_the_file_system_takes()
    {
        using var home = new TemporaryHome();
        var folder = Path.Combine(home.Folder, "a;b=c 'd' \"e\" %20?f#g&|DataDirectory|ü—日本;Mode=ReadOnly");
        home.Environment["ADAPTCLUSTER_HOME"] = folder;
        var spec = home.Write(
            "spec.json",
            """{"name": "named", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""");

        var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--json");

        Assert.True(submitted.Code == 0, submitted.Error);
        Assert.Equal("completed", (string?)submitted.Json["state"]);
        Assert.True(File.Exists(Path.Combine(folder, "store.db")));
        Assert.Equal("completed", (string?)(await SweepProcess.RunAsync(home, "list", "--json")).Json[0]!["state"]);
    }
}
