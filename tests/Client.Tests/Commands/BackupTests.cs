using Microsoft.Data.Sqlite;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep backup</c>: a copy of the store that is a home of its own.</summary>
public sealed class BackupTests
{
    private const string ZeroShot =
        """{"name": "one", "backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Fact]
    public async Task A_copy_that_is_made_while_a_sweep_runs_is_a_home_that_goes_on_to_the_same_digits()
    {
        using var home = new TemporaryHome();
        using var restored = new TemporaryHome();
        // Of the zero-shot jobs there are results before the first training job ends.
        string[] command = ["submit", home.Write("small.json", TemporaryHome.HalfSpec), "--json", "--set", "train.epochs=20"];
        using var sweep = SweepProcess.Start(home, command);
        await sweep.WaitForErrorAsync("jobs ·");
        while ((int)(await SweepProcess.RunAsync(home, "list", "--json")).Json[0]!["jobs"]!["completed"]! == 0)
            Assert.False(sweep.HasExited, sweep.Error);

        var backup = await SweepProcess.RunAsync(home, "backup", "copy.db", "--json");
        var running = !sweep.HasExited;
        var expected = await sweep.EndAsync();

        Assert.True(backup.Code == 0, backup.Error);
        Assert.True(running, "The sweep ended before it was copied; it must be longer.");
        Assert.Equal((0, "", 1, 6), (expected.Code, backup.Error, (int)backup.Json["sweeps"]!, (int)backup.Json["jobs"]!));
        var copy = Path.Combine(home.Folder, "copy.db");
        Assert.Equal(new FileInfo(copy).Length, (long)backup.Json["bytes"]!);
        Assert.Equal([copy], Directory.GetFiles(home.Folder, "*copy.db*"));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(copy));

        var folder = Directory.CreateDirectory(Path.Combine(restored.Folder, ".adaptcluster")).FullName;
        File.Copy(copy, Path.Combine(folder, "store.db"));
        var listed = (await SweepProcess.RunAsync(restored, "list", "--json")).Json[0]!;
        Assert.Equal("interrupted", (string?)listed["state"]);
        Assert.InRange((int)listed["jobs"]!["completed"]!, 1, 5);
        Assert.NotEmpty((await SweepProcess.RunAsync(restored, "results", "latest", "--json")).Json["rows"]!.AsArray());
        var resumed = await SweepProcess.RunAsync(restored, "resume", "latest", "--json");
        Assert.True(resumed.Code == 0, resumed.Error);
        Assert.Equal(expected.Output, resumed.Output);
    }

    [Fact]
    public async Task What_is_there_stays_and_every_refusal_says_what_to_do()
    {
        using var home = new TemporaryHome();
        Assert.Contains("there are no sweeps yet", await RefusedAsync(home, "copy.db"), StringComparison.Ordinal);
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot));
        Assert.True(submitted.Code == 0, submitted.Error);
        home.Write("notes.txt", "mine");
        home.Write("used.db-wal", "");

        Assert.Contains("write --force to replace it", await RefusedAsync(home, "notes.txt"), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(Path.Combine(home.Folder, "notes.txt"), TestContext.Current.CancellationToken));
        Assert.Contains("is a folder", await RefusedAsync(home, ".adaptcluster"), StringComparison.Ordinal);
        Assert.Contains("there is no folder", await RefusedAsync(home, "away/copy.db"), StringComparison.Ordinal);
        Assert.Contains("used.db-wal: the file exists", await RefusedAsync(home, "used.db"), StringComparison.Ordinal);
        Directory.CreateSymbolicLink(Path.Combine(home.Folder, "linked"), Path.Combine(home.Folder, ".adaptcluster"));
        Assert.Contains("the home folder's own store", await RefusedAsync(home, "linked/store.db", "--force"), StringComparison.Ordinal);
        Assert.Contains("with pg_dump", await RefusedAsync(home, "copy.db", "--cluster", "localhost:1"), StringComparison.Ordinal);

        var replaced = await SweepProcess.RunAsync(home, "backup", "notes.txt", "--force");
        Assert.True(replaced.Code == 0, replaced.Error);
        Assert.Matches(@"^notes\.txt: 1 sweep, 1 job, \d+\.\d [KM]iB, checked$", replaced.Output);
    }

    [Fact]
    public async Task A_damaged_store_gives_no_copy()
    {
        using var home = new TemporaryHome();
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("spec.json", ZeroShot));
        Assert.True(submitted.Code == 0, submitted.Error);
        var store = Path.Combine(home.Folder, ".adaptcluster", "store.db");
        using (var connection = new SqliteConnection($"Data Source={store};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            // The log goes into the file, so that what is damaged is read.
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            command.ExecuteNonQuery();
        }
        await using (var file = new FileStream(store, FileMode.Open))
        {
            // A page is 4,096 bytes; the first two say what tables there are.
            file.Position = 2 * 4096;
            file.Write(Enumerable.Repeat((byte)0x5a, (int)file.Length - 2 * 4096).ToArray());
        }

        var backup = await SweepProcess.RunAsync(home, "backup", "copy.db");

        Assert.Equal((1, ""), (backup.Code, backup.Output));
        Assert.Contains("is damaged", backup.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(home.Folder, "*copy.db*"));
    }

    private static async Task<string> RefusedAsync(TemporaryHome home, params string[] arguments)
    {
        var ended = await SweepProcess.RunAsync(home, ["backup", .. arguments]);
        Assert.Equal((2, ""), (ended.Code, ended.Output));
        return ended.Error;
    }
}
