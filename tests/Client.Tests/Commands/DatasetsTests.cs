namespace AdaptCluster.Client.Tests.Commands;

/// <summary>The eleven data sets of the CoOp family in miniature, by the command line.</summary>
public sealed class DatasetsTests
{
    [Fact]
    public async Task All_eleven_are_checked_planned_and_trained_on()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        foreach (var name in MiniatureTrees.All) MiniatureTrees.Make(home.Folder, name);

        var check = (await SweepProcess.RunAsync(home, "datasets", "check", "--json")).Json.AsArray();
        Assert.Equal(MiniatureTrees.All, check.Select(report => (string)report!["name"]!));
        foreach (var report in check)
        {
            Assert.Equal(((string?)report!["name"] == "imagenet" ? 36 : 24, 9),
                ((int)report["found"]!["train"]!, (int)report["found"]!["test"]!));
            // Everything fits but the counts: these are miniatures.
            Assert.StartsWith("found 3 classes", (string)Assert.Single(report["problems"]!.AsArray())!, StringComparison.Ordinal);
            Assert.Equal(64, ((string)report["splitSha256"]!).Length);
        }

        var names = string.Join(", ", MiniatureTrees.All.Select(name => $"{{\"name\": \"{name}\", \"template\": \"{{}}\"}}"));
        var spec = home.Write("eleven.json", $$"""
            {"backbone": "tiny-clip", "shots": 4, "seeds": [1], "datasets": [{{names}}],
             "arms": [{"method": "zero-shot"}, {"method": "adapt", "tTarget": 20}],
             "train": {"epochs": 2, "learningRateWarmupEpochs": 0, "adapt": {"maxContextLength": 4, "promptDepth": 3, "pruneWarmupEpochs": 0, "prunePeriod": 2} } }
            """);
        var plan = (await SweepProcess.RunAsync(home, "plan", spec, "--json")).Json;
        Assert.Equal(22, (int)plan["jobs"]!);
        var warnings = plan["warnings"]!.AsArray().Select(warning => (string)warning!["message"]!).ToArray();
        Assert.Contains(warnings, message =>
            message.StartsWith("data set 'imagenet': it has no validation images of its own", StringComparison.Ordinal));
        Assert.Contains(warnings, message => message.Contains("'missile', 'missile' have the same prompt", StringComparison.Ordinal));

        var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        foreach (var row in submitted.Json["rows"]!.AsArray())
            Assert.All(row!["cells"]!.AsObject(), cell => Assert.True((bool)cell.Value!["complete"]!));
    }

    [Fact]
    public async Task What_is_absent_or_a_known_wrong_copy_is_told_with_its_place()
    {
        using var home = new TemporaryHome();
        var all = await SweepProcess.RunAsync(home, "datasets", "check", "--root", home.Folder);
        Assert.Equal(0, all.Code);
        Assert.Contains($"caltech101      missing; put it in {Path.Combine(home.Folder, "caltech-101")}", all.Output,
            StringComparison.Ordinal);
        Assert.Contains(Path.Combine(home.Folder, "caltech-101", "split_zhou_Caltech101.json"), all.Output, StringComparison.Ordinal);
        Assert.Equal(1, (await SweepProcess.RunAsync(home, "datasets", "check", "--root", home.Folder, "dtd")).Code);

        Directory.CreateDirectory(Path.Combine(home.Folder, "stanford_cars", "car_data"));
        Directory.CreateDirectory(Path.Combine(home.Folder, "sun397", "train"));
        Directory.CreateDirectory(Path.Combine(home.Folder, "eurosat", "EuroSAT_RGB"));
        var wrong = await SweepProcess.RunAsync(home, "datasets", "check", "--root", home.Folder);
        Assert.Equal(1, wrong.Code);
        Assert.Contains("this looks like the Kaggle copy, whose file names differ", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("this looks like the Kaggle copy, which has different splits", wrong.Output, StringComparison.Ordinal);
        Assert.Contains("this looks like the newer archive", wrong.Output, StringComparison.Ordinal);
        var unknown = await SweepProcess.RunAsync(home, "datasets", "check", "--root", home.Folder, "mnist");
        Assert.Equal((2, "sweep: NAME: found 'mnist'; write one of caltech101"), (unknown.Code, unknown.Error[..51]));
    }

    [Fact]
    public async Task An_image_that_is_cut_off_and_one_in_no_list_are_found_by_the_check()
    {
        using var home = new TemporaryHome();
        var place = MiniatureTrees.Make(home.Folder, "dtd");
        var image = Path.Combine(place, "images", "banded", "001.jpg");
        File.Copy(image, Path.Combine(place, "images", "banded", "more.jpg"));
        File.WriteAllBytes(image, File.ReadAllBytes(image)[..200]);
        var report = (await SweepProcess.RunAsync(home, "datasets", "check", "--root", home.Folder, "dtd", "--json")).Json[0]!;
        Assert.Contains(report["problems"]!.AsArray(), problem => ((string)problem!).StartsWith(image, StringComparison.Ordinal));
        Assert.Contains("1 image is not in any list and not used, such as", (string)report["notes"]![0]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_and_a_split_of_ones_own_are_trained_on_with_other_names_for_classes()
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        MiniatureTrees.Make(home.Folder, "dtd");
        string[] kinds = ["banded", "blotchy", "braided"];
        var rows = kinds.SelectMany(kind =>
            Enumerable.Range(1, 15).Select(i => $"{kind}/{i:000}.jpg,{kind},{(i <= 8 ? "train" : i <= 12 ? "val" : "test")}"));
        home.Write("mine.csv", string.Join('\n', ["path,class,split", .. rows]));
        var spec = home.Write("own.json", """
            {"backbone": "tiny-clip", "shots": 4, "seeds": [1, 2],
             "datasets": [{"name": "table", "format": "csv", "path": "mine.csv", "images": "dtd/images", "names": {"banded": "a red thing"}},
                          {"name": "list", "format": "split", "path": "dtd/split_zhou_DescribableTextures.json", "images": "dtd/images", "names": {"banded": "a red thing"}}],
             "arms": [{"method": "zero-shot"}]}
            """);
        var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        var cells = submitted.Json["rows"]![0]!["cells"]!;
        // The same images under the same names.
        Assert.Equal(cells["table"]!["test"]!.ToJsonString(), cells["list"]!["test"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"name": "m", "format": "csv"}""", "$.datasets[0]: 'path' is missing; write the csv file's path")]
    [InlineData("""{"name": "m", "format": "csv", "path": "../m.csv"}""", "without '..'.")]
    [InlineData("""{"name": "m", "format": "csv", "path": "m.csv"}""", "has no such file")]
    [InlineData("""{"name": "m", "format": "folder", "path": "x", "images": "y"}""",
        "$.datasets[0].images: a folder data set has its images in its path")]
    [InlineData("""{"name": "dtd", "path": "x"}""", "$.datasets[0].path: a data set that is known by name, such as 'dtd', has no path")]
    [InlineData("""{"name": "tiny-kinds", "names": {"a": "b"}}""", "$.datasets[0].names: a drawn data set has no names")]
    [InlineData("""{"name": "mine", "path": "x"}""",
        "$.datasets[0].path: 'mine' is not a built-in data set; for your own data set, add \"format\": \"folder\" or another format")]
    public async Task A_data_set_that_cannot_be_is_refused_by_its_place_in_the_spec(string dataset, string expected)
    {
        using var home = new TemporaryHome();
        home.Environment["ADAPTCLUSTER_DATA"] = home.Folder;
        var spec = home.Write("bad.json", $$"""{"backbone": "tiny-clip", "datasets": [{{dataset}}], "arms": [{"method": "zero-shot"}]}""");
        var planned = await SweepProcess.RunAsync(home, "plan", spec);
        Assert.Equal(2, planned.Code);
        Assert.Contains(expected, planned.Error, StringComparison.Ordinal);
    }
}
