using AdaptCluster.Client.Commands;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>
/// What the usual mistakes of a new user print. FolderAndDiskTests, OutsideTests, HandOverTests and InterruptionTests have the others: a
/// full disk, a folder that cannot be written, changed images, a second command beside the first, Ctrl-C.
/// </summary>
public sealed class WordsTests(EndedSweep sweep)
{
    private const string Spec =
        """{"name": "words", "backbone": "tiny-clip", "shots": 1, "datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""";

    [Theory]
    [InlineData("sweep: nofile.json: there is no such file; check the path.", "submit", "nofile.json")]
    [InlineData("sweep: there is no command 'sumbit' (did you mean 'submit'?); see 'sweep --help'.", "sumbit", "x.json")]
    [InlineData("sweep: words.json: $: unknown key 'shotz'; did you mean 'shots'?", "plan", "words.json", "--set", "shotz=2")]
    [InlineData("sweep: words.json: $.train: unknown key 'lr'; did you mean 'learningRate'?", "plan", "words.json", "--set", "train.lr=1")]
    [InlineData("sweep: words.json: $.arms[0].method: unknown value 'zeroshot'; did you mean 'zero-shot'?", "plan", "words.json", "--set",
        "arms[0].method=zeroshot")]
    [InlineData("sweep: words.json: $.datasets[0]: data set 'tiny-kids' is unknown; did you mean 'tiny-kinds'? For your own data "
        + "set, write ",
        "plan", "words.json", "--set", "datasets=[\"tiny-kids\"]")]
    [InlineData("sweep: --detach: this process would run the sweep itself; start 'sweep serve' first, or pass a cluster with --cluster.",
        "submit", "words.json", "--detach")]
    [InlineData("sweep: --set shots: write path=value, such as train.epochs=2.", "plan", "words.json", "--set", "shots")]
    public async Task A_usual_mistake_is_answered_in_one_line_that_says_what_to_write(string expected, params string[] arguments)
    {
        using var home = new TemporaryHome();
        home.Write("words.json", Spec);

        var ended = await SweepProcess.RunAsync(home, arguments);

        Assert.Equal(2, ended.Code);
        Assert.StartsWith(expected, ended.Error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', ended.Error);
        Assert.Empty(ended.Output);
    }

    [Theory]
    [InlineData("clip-vit-base-patch16", "hf download openai/clip-vit-base-patch16 --local-dir ")]
    [InlineData("my-clip", "hf download OWNER/my-clip --local-dir ")]
    public async Task A_missing_backbone_names_a_command_that_fetches_it(string backbone, string expected)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, "plan", home.Write("words.json", Spec), "--set", $"backbone={backbone}");

        Assert.Equal(2, ended.Code);
        Assert.Contains($"'{expected}{Repository.At("models", backbone)}'", ended.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("models/tiny-clip", "(did you mean 'tiny-clip'?)")]
    [InlineData("tiny-clp", "(did you mean 'tiny-clip'?)")]
    [InlineData("../models/tiny-clip", "without '..', such as 'tiny-clip'.")]
    public async Task A_backbone_written_as_a_path_or_with_a_typing_error_is_told_its_name(string backbone, string expected)
    {
        using var home = new TemporaryHome();

        var ended = await SweepProcess.RunAsync(home, "plan", home.Write("words.json", Spec), "--set", $"backbone={backbone}");

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_out_of_the_data_root_names_the_variable_that_moves_the_root()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("words.json", Spec);
        foreach (var path in (string[])["nowhere", "/data/mine"])
        {
            var ended = await SweepProcess.RunAsync(home, "plan", spec, "--set",
                $$"""datasets=[{"name": "mine", "format": "folder", "path": "{{path}}"}]""");

            Assert.Equal(2, ended.Code);
            Assert.Contains("ADAPTCLUSTER_DATA", ended.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mistyped_id_is_answered_with_the_nearest()
    {
        var id = (string)(await sweep.SubmittedAsync()).Json["sweep"]!;

        var ended = await sweep.RunAsync("status", "smlal");

        Assert.Equal((2, $"sweep: there is no sweep 'smlal' (did you mean '{id}'?); 'sweep list' lists the existing sweeps."),
            (ended.Code, ended.Error));
    }

    [Fact]
    public async Task A_plan_says_which_seeds_run_and_how_many_workers_it_can_use()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("words.json", Spec);

        var text = await SweepProcess.RunAsync(home, "plan", spec);
        var json = (await SweepProcess.RunAsync(home, "plan", spec, "-o", "json")).Json;

        Assert.Contains("\nseeds 1, 2, 3\n", text.Output, StringComparison.Ordinal);
        Assert.Contains("\nuses 2 of 2 workers here, and up to 3 if more are available; ", text.Output, StringComparison.Ordinal);
        Assert.Equal("[1,2,3]", json["seeds"]!.ToJsonString());
        Assert.Equal((2, 3), ((int)json["workers"]!, (int)json["mostWorkers"]!));
    }

    [Theory]
    [InlineData("7", 7)]
    [InlineData("1, 2, 3", 1, 2, 3)]
    [InlineData("1 to 4", 1, 2, 3, 4)]
    [InlineData("5, 1 to 4, 9", 5, 1, 2, 3, 4, 9)]
    public void Many_seeds_are_named_by_their_ends(string expected, params int[] seeds) => Assert.Equal(expected, PlanCommand.Seeds(seeds));

    [Theory]
    [InlineData("status", "latest")]
    [InlineData("results", "latest")]
    [InlineData("explain", "latest", "--job", "JOB")]
    [InlineData("curves", "latest", "--job", "JOB")]
    [InlineData("predictions", "latest", "--job", "JOB")]
    [InlineData("delete", "latest", "--dry-run")]
    [InlineData("set", "latest", "--priority", "0")]
    [InlineData("list")]
    [InlineData("logs", "latest")]
    [InlineData("audit", "latest")]
    public async Task All_json_names_the_sweep_alike(params string[] arguments)
    {
        var id = (string)(await sweep.SubmittedAsync()).Json["sweep"]!;
        var runs = (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!;
        var job = (string)runs[0]!["run"]!["job"]!;

        var ended = await sweep.RunAsync([.. arguments.Select(word => word == "JOB" ? job : word), "--json"]);

        Assert.True(ended.Code == 0, ended.Error);
        var named = ended.Json is System.Text.Json.Nodes.JsonArray list ? list.Select(item => (string?)item!["sweep"])
            : [(string?)ended.Json["sweep"]];
        Assert.NotEmpty(named);
        Assert.All(named, name => Assert.Equal(id, name));
    }

    [Fact]
    public async Task Notes_are_summed_up_by_kind_unless_each_is_asked_for()
    {
        var json = (await sweep.RunAsync("results", "latest", "--json")).Json;
        string[] notes = [.. json["notes"]!.AsArray().Select(note => (string)note!)];

        string[] Shown(string output) => [.. output.Split('\n').Where(line => line.StartsWith("note: ", StringComparison.Ordinal))];
        var summed = Shown((await sweep.RunAsync("results", "latest")).Output);
        var each = Shown((await sweep.RunAsync("results", "latest", "--notes")).Output);

        Assert.Equal(notes.Select(note => $"note: {note}"), each);
        Assert.Equal(AdaptCluster.Sweeps.Reports.NoteGroups.Of(notes).Count, summed.Count(line => !line.Contains("--notes'",
            StringComparison.Ordinal)));
    }
}
