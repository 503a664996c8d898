namespace AdaptCluster.Client.Tests.Commands;

/// <summary>Few-shot lists: written by <c>sweep datasets splits</c>, and read by a spec.</summary>
public sealed class DatasetsSplitsTests
{
    [Fact]
    public async Task Lists_are_written_once_and_a_spec_that_reads_them_finds_what_draws_find()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        MiniatureTrees.Make(home.Folder, "dtd");
        var folder = Path.Combine(home.Folder, "lists");
        string[] command = ["datasets", "splits", "dtd", "--shots", "1", "2", "--seed", "1", "2", "--out", folder, "--format", "jsonl"];

        var written = await SweepProcess.RunAsync(home, [.. command, "--json"]);
        Assert.True(written.Code == 0, written.Error);
        Assert.Equal(8, written.Json.AsArray().Count);
        var train = File.ReadAllLines(Path.Combine(folder, "shot_2-seed_1_train.jsonl"));
        Assert.Equal(6, train.Length);
        Assert.StartsWith("{\"_impath\":\"dtd/images/banded/", train[0], StringComparison.Ordinal);
        Assert.EndsWith(",\"_label\":0,\"_domain\":0,\"_classname\":\"banded\"}", train[0], StringComparison.Ordinal);

        var again = await SweepProcess.RunAsync(home, command);
        Assert.Equal(2, again.Code);
        Assert.Contains("exists; remove it, or choose another folder", again.Error, StringComparison.Ordinal);

        var spec = home.Write("lists.json", """
            {"backbone": "tiny-clip", "shots": 2, "seeds": [1, 2], "arms": [{"method": "coop"}],
             "datasets": [{"name": "dtd", "template": "{}."},
                          {"name": "listed", "format": "split", "path": "dtd/split.json", "images": "dtd/images", "template": "{}.",
                           "fewShots": "lists"}],
             "train": {"epochs": 1, "batchSize": 4, "coop": {"contextLength": 4} } }
            """);
        File.Copy(Path.Combine(home.Folder, "dtd", "split_zhou_DescribableTextures.json"), Path.Combine(home.Folder, "dtd", "split.json"));
        var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        var cells = submitted.Json["rows"]![0]!["cells"]!;
        Assert.Equal(cells["dtd"]!["test"]!.ToJsonString(), cells["listed"]!["test"]!.ToJsonString());
        Assert.Equal(cells["dtd"]!["validation"]!.ToJsonString(), cells["listed"]!["validation"]!.ToJsonString());
    }

    [Fact]
    public async Task What_cannot_be_written_is_said()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        var drawn = await SweepProcess.RunAsync(home, "datasets", "splits", "tiny-kinds", "--out", Path.Combine(home.Folder, "a"));
        Assert.Equal(2, drawn.Code);
        Assert.Contains("'tiny-kinds' is generated", drawn.Error, StringComparison.Ordinal);
        var shots = await SweepProcess.RunAsync(home, "datasets", "splits", "dtd", "--shots", "0", "--out", Path.Combine(home.Folder, "a"));
        Assert.Equal(2, shots.Code);
        Assert.False(Directory.Exists(Path.Combine(home.Folder, "a")));
    }

    [Fact]
    public async Task A_drawn_set_reads_no_lists_and_an_unknown_folder_is_refused_in_the_plan()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        MiniatureTrees.Make(home.Folder, "eurosat");
        foreach (var (name, message) in ((string, string)[])
            [("tiny-kinds", "$.datasets[0].fewShots: a drawn data set has no fewShots"), ("eurosat", "has no such folder")])
        {
            var spec = home.Write($"{name}.json", $$"""
                {"backbone": "tiny-clip", "datasets": [{"name": "{{name}}", "fewShots": "nowhere"}], "arms": [{"method": "zero-shot"}]}
                """);
            var plan = await SweepProcess.RunAsync(home, "plan", spec);
            Assert.Equal(2, plan.Code);
            Assert.Contains(message, plan.Error, StringComparison.Ordinal);
        }
    }
}
