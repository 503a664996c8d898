using Microsoft.Data.Sqlite;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep delete</c> and <c>sweep prune</c> in a home.</summary>
public sealed class DeletionTests
{
    private const string ZeroShot =
        """{"name": "one", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task A_sweep_is_deleted_by_name_once_it_is_said_what_goes_and_what_is_asked_for_must_be_meant()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("spec.json", ZeroShot);
        foreach (var name in (string[])["one", "two"])
        {
            var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--name", name);
            Assert.True(submitted.Code == 0, submitted.Error);
        }

        var unasked = await SweepProcess.RunAsync(home, "delete", "one");
        Assert.Equal(2, unasked.Code);
        Assert.Contains("there is no terminal to ask for confirmation; use --yes to delete it, or --dry-run to see what would be "
            + "deleted", unasked.Error,
            StringComparison.Ordinal);
        var told = await SweepProcess.RunAsync(home, "delete", "one", "--dry-run");
        Assert.Contains("would be deleted (completed", told.Output, StringComparison.Ordinal);
        Assert.Contains("1 result that other sweeps reuse is kept", told.Output, StringComparison.Ordinal);

        var done = await SweepProcess.RunAsync(home, "delete", "one", "--yes");

        Assert.Equal((0, told.Output.Replace("would be ", "", StringComparison.Ordinal)), (done.Code, done.Output));
        Assert.Equal(["two"], await NamesAsync(home));
        var results = (await SweepProcess.RunAsync(home, "results", "two", "--json")).Json;
        Assert.Equal("completed", (string)results["state"]!);
        Assert.Equal(2, (await SweepProcess.RunAsync(home, "status", "one")).Code);
    }

    [Fact]
    public async Task Prune_takes_what_ended_long_ago_and_says_the_same_before_and_after()
    {
        using var home = new TemporaryHome();
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot));
        Assert.True(submitted.Code == 0, submitted.Error);

        Assert.Equal(2, (await SweepProcess.RunAsync(home, "prune")).Code);
        var wrong = await SweepProcess.RunAsync(home, "prune", "--older", "30");
        Assert.Equal(2, wrong.Code);
        Assert.Contains("--older: found '30'; write a whole number with a unit, such as 30d, 12h or 90m", wrong.Error,
            StringComparison.Ordinal);
        var young = (await SweepProcess.RunAsync(home, "prune", "--older", "1d", "--yes", "--json")).Json;
        Assert.Empty(young["sweeps"]!.AsArray());
        Age(home, days: 2);

        var told = (await SweepProcess.RunAsync(home, "prune", "--older", "1d", "--dry-run", "--json")).Json;
        var unasked = await SweepProcess.RunAsync(home, "prune", "--older", "1d", "--json");
        var reduced = (await SweepProcess.RunAsync(home, "prune", "--older", "1d", "--keep-results", "--yes", "--json")).Json;
        Assert.Equal("one", ((string)told["sweeps"]![0]!["id"]!).Split('-')[0]);
        Assert.Equal(2, unasked.Code);
        Assert.Contains("1 sweep: there is no terminal to ask for confirmation; use --yes to delete it, or --dry-run to see what would "
            + "be deleted", unasked.Error,
            StringComparison.Ordinal);
        Assert.Single(reduced["sweeps"]!.AsArray());
        Assert.Equal("completed", (string)(await SweepProcess.RunAsync(home, "results", "latest", "--json")).Json["state"]!);
        // It has nothing more to lose but itself.
        var again = (await SweepProcess.RunAsync(home, "prune", "--older", "1d", "--keep-results", "--yes", "--json")).Json;
        Assert.Empty(again["sweeps"]!.AsArray());

        home.Environment["ADAPTCLUSTER_RETENTION__SWEEPS"] = "1d";
        Assert.Equal(0, (await SweepProcess.RunAsync(home, "doctor")).Code);
        Assert.Single((await SweepProcess.RunAsync(home, "list", "--json")).Json.AsArray());
        // A command with a silo of its own deletes what the settings say when the silo has started.
        var another = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot), "--name", "two", "--no-cache");
        Assert.True(another.Code == 0, another.Error);
        Assert.Equal(["two"], await NamesAsync(home));
    }

    private static async Task<string[]> NamesAsync(TemporaryHome home) =>
        [.. (await SweepProcess.RunAsync(home, "list", "--json")).Json.AsArray().Select(sweep => (string)sweep!["name"]!)];

    /// <summary>Makes the sweeps of a home older.</summary>
    private static void Age(TemporaryHome home, int days)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(home.Folder, ".adaptcluster", "store.db")};Pooling=false");
        connection.Open();
        using var command = connection.CreateCommand();
        var ms = days * 86_400_000L;
        command.CommandText = $"UPDATE sweeps SET submitted_ms = submitted_ms - {ms}, ended_ms = ended_ms - {ms}";
        command.ExecuteNonQuery();
    }
}
