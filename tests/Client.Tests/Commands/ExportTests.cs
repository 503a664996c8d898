using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using SkiaSharp;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary><c>sweep export</c> and <c>sweep predict</c>: what was trained leaves the sweep and classifies images.</summary>
public sealed class ExportTests(PhotoSweep sweep)
{
    [Fact]
    public async Task An_exported_job_predicts_what_its_evaluation_found()
    {
        foreach (var method in (string[])["zero-shot", "coop", "adapt"])
        {
            var (job, folder) = ((await sweep.JobsAsync(method))[0], Out());
            var exported = await sweep.RunAsync("export", "latest", "--job", job.Id, "--out", folder);
            Assert.Equal((0, "", folder), (exported.Code, exported.Error, exported.Output));
            var csv = (await sweep.RunAsync("predictions", "latest", "--job", job.Id, "--format", "csv")).Output.Split('\n')[1..]
                .Select(line => line.Split(',')).ToArray();
            var images = csv.Select(line => Path.Combine(sweep.Photos, line[1])).ToArray();

            var fromFolder = await sweep.RunAsync(["predict", folder, .. images, "--json"]);
            var fromHome = await sweep.RunAsync(["predict", "latest", .. images, "--job", job.Id, "--json"]);

            Assert.Equal((0, ""), (fromFolder.Code, fromFolder.Error));
            Assert.Equal(fromFolder.Output, fromHome.Output);
            var found = fromFolder.Json["images"]!.AsArray();
            Assert.Equal(csv.Select(line => line[3]), found.Select(image => (string?)image!["class"]));
            Assert.All(csv.Zip(found), pair =>
                Assert.Equal(double.Parse(pair.First[4], CultureInfo.InvariantCulture), (double)pair.Second!["probability"]!, 1e-3));
        }
    }

    [Fact]
    public async Task A_folder_has_prompts_names_hashes_numbers_the_spec_and_a_model_card()
    {
        var (job, folder) = ((await sweep.JobsAsync("adapt"))[0], Out());
        await sweep.RunAsync("export", "latest", "--job", job.Id, "--out", folder, "--licence", "CC-BY-4.0");

        Assert.Equal(["README.md", "export.json", "prompts.safetensors", "spec.json"],
            Directory.GetFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var export = Json(folder, "export.json");
        Assert.Equal(["blue", "green", "red"], export["classNames"]!.AsArray().Select(name => (string?)name));
        Assert.Equal(("a {} picture", job.Id, job.TestCorrect), ((string?)export["template"], (string?)export["job"],
            (int)export["result"]!["testCorrect"]!));
        Assert.Equal(3, export["tokens"]!["named"]!.AsArray().Count);
        Assert.Equal("tiny-clip", (string?)Json(folder, "spec.json")["backbone"]);
        var card = await File.ReadAllTextAsync(Path.Combine(folder, "README.md"), Token);
        Assert.Contains("| Licence | CC-BY-4.0 |", card, StringComparison.Ordinal);
        Assert.Contains($"({job.TestCorrect} of {job.TestTotal} images)", card, StringComparison.Ordinal);
        Assert.Contains("(n = 1)", card, StringComparison.Ordinal);
        var header = await File.ReadAllBytesAsync(Path.Combine(folder, "prompts.safetensors"), Token);
        var names = JsonNode.Parse(header.AsSpan(8, BitConverter.ToInt32(header)))!.AsObject();
        Assert.Equal("adapt", (string?)names["__metadata__"]!["method"]);
        Assert.Equal((string?)export["backboneSha256"], (string?)names["__metadata__"]!["backbone.sha256"]);
        Assert.Equal(["__metadata__", "image.mask", "image.prompts", "text.mask", "text.prompts"],
            names.Select(pair => pair.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_cell_gives_a_folder_for_each_seed_and_best_one_for_each_data_set()
    {
        var jobs = await sweep.JobsAsync("coop");
        var (cell, best) = (Out(), Out());
        var label = (string)(await sweep.RunAsync("results", "latest", "--json")).Json["rows"]![1]!["label"]!;

        Assert.Equal(0, (await sweep.RunAsync("export", "latest", "--cell", $"{label},photos", "--out", cell)).Code);
        var chosen = await sweep.RunAsync("export", "latest", "--best", "--out", best);
        Assert.Equal(0, chosen.Code);
        // Which jobs were taken is said; nothing is said of a sweep that is complete.
        Assert.StartsWith("photos: ", chosen.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not complete", chosen.Error, StringComparison.Ordinal);

        Assert.Equal(jobs.Select(job => job.Id).Order(StringComparer.Ordinal),
            Directory.GetDirectories(cell).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        var all = (await sweep.JobsAsync("zero-shot")).Concat(jobs).Concat(await sweep.JobsAsync("adapt")).Chunk(2).ToArray();
        var row = all.MaxBy(seeds => seeds.Sum(job => job.ValidationCorrect))!;
        Assert.Equal(row.MaxBy(job => job.ValidationCorrect).Id, (string?)Json(Path.Combine(best, "photos"), "export.json")["job"]);
    }

    [Fact]
    public async Task With_onnx_the_folder_has_the_whole_classifier_too_and_its_hash()
    {
        foreach (var method in (string[])["zero-shot", "coop", "adapt"])
        {
            var (job, folder) = ((await sweep.JobsAsync(method))[0], Out());
            var exported = await sweep.RunAsync("export", "latest", "--job", job.Id, "--out", folder, "--onnx");

            Assert.Equal((0, "", folder), (exported.Code, exported.Error, exported.Output));
            var bytes = await File.ReadAllBytesAsync(Path.Combine(folder, "model.onnx"), Token);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), (string?)Json(folder, "export.json")["onnxSha256"]);
            var card = await File.ReadAllTextAsync(Path.Combine(folder, "README.md"), Token);
            Assert.Contains("`model.onnx`", card, StringComparison.Ordinal);
            Assert.Equal(0, (await sweep.RunAsync("predict", folder, Path.Combine(sweep.Photos, "red", "00.png"))).Code);
        }
    }

    [Fact]
    public async Task A_method_without_an_ONNX_form_is_refused_with_the_reason_and_leaves_nothing()
    {
        using var home = new TemporaryHome();
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("one.json", """
            {"backbone": "tiny-clip", "shots": 1, "seeds": [1], "datasets": ["tiny-kinds"], "arms": [{"method": "cocoop"}],
             "train": {"epochs": 1}}
            """));
        Assert.True(submitted.Code == 0, submitted.Error);

        var refused = await SweepProcess.RunAsync(home, "export", "latest", "--best", "--out", Path.Combine(home.Folder, "out"), "--onnx");

        Assert.Equal(2, refused.Code);
        Assert.Contains("method cocoop cannot be exported as ONNX because its text features differ between images; "
            + "export without --onnx.", refused.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(home.Folder, "out*"));
    }

    [Fact]
    public async Task The_best_jobs_of_data_sets_whose_names_give_one_folder_name_get_a_folder_each()
    {
        using var home = new TemporaryHome();
        await sweep.RunAsync("list");
        home.Environment["ADAPTCLUSTER_DATA"] = sweep.Home.Folder;
        var spec = """
            {"backbone": "tiny-clip", "shots": 1, "seeds": [1], "arms": [{"method": "zero-shot"}], "datasets": [
              {"name": "my photos", "format": "folder", "path": "photos"}, {"name": "my-photos", "format": "folder", "path": "photos"}]}
            """;
        var submitted = await SweepProcess.RunAsync(home, "submit", home.Write("two.json", spec));
        Assert.True(submitted.Code == 0, submitted.Error);
        var best = Path.Combine(home.Folder, "best");

        var exported = await SweepProcess.RunAsync(home, "export", "latest", "--best", "--out", best);

        Assert.True(exported.Code == 0, exported.Error);
        string Dataset(string folder) => (string)Json(Path.Combine(best, folder), "export.json")["definition"]!["dataset"]!["name"]!;
        Assert.Equal(("my photos", "my-photos", 2),
            (Dataset("my-photos-2"), Dataset("my-photos"), Directory.GetDirectories(best).Length));
    }

    [Fact]
    public async Task An_image_that_cannot_be_read_is_named_and_left_out_and_the_others_are_classified()
    {
        var job = (await sweep.JobsAsync("coop"))[0];
        var folder = Directory.CreateDirectory(Path.Combine(sweep.Home.Folder, "new")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, "a.png"), PhotoSweep.Picture(SKColors.Red, 100), Token);
        await File.WriteAllTextAsync(Path.Combine(folder, "b.png"), "no picture", Token);
        Directory.CreateDirectory(Path.Combine(folder, "below"));
        await File.WriteAllBytesAsync(Path.Combine(folder, "below", "c.png"), PhotoSweep.Picture(SKColors.Blue, 101), Token);

        var ended = await sweep.RunAsync("predict", "latest", folder, "--job", job.Id, "--format", "csv");

        Assert.Equal(1, ended.Code);
        Assert.Contains("b.png: skipped: ", ended.Error, StringComparison.Ordinal);
        var lines = ended.Output.Split('\n');
        Assert.Equal(("image,label,class,probability", 3), (lines[0], lines.Length));
        Assert.StartsWith(Path.Combine(folder, "a.png") + ",", lines[1], StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(folder, "below", "c.png") + ",", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_folder_is_refused_with_what_is_wrong()
    {
        var (job, folder) = ((await sweep.JobsAsync("coop"))[0], Out());
        await sweep.RunAsync("export", "latest", "--job", job.Id, "--out", folder);
        var (prompts, export) = (Path.Combine(folder, "prompts.safetensors"), Path.Combine(folder, "export.json"));
        var (bytes, json) = (await File.ReadAllBytesAsync(prompts, Token), await File.ReadAllTextAsync(export, Token));
        var image = Path.Combine(sweep.Photos, "red", "00.png");

        async Task RefusedAsync(string expected)
        {
            var ended = await sweep.RunAsync("predict", folder, image);
            Assert.Equal(2, ended.Code);
            Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        }

        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(prompts, bytes, Token);
        await RefusedAsync("prompts.safetensors: its SHA-256 is ");
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(prompts, bytes, Token);
        var sha = (string)Json(folder, "export.json")["backboneSha256"]!;
        await File.WriteAllTextAsync(export, json.Replace(sha, new string('0', sha.Length), StringComparison.Ordinal), Token);
        await RefusedAsync("the prompts work only with the one that they were trained for");
        await File.WriteAllTextAsync(
            export, json.Replace("\"tiny-clip\"", "\"../tiny-clip\"", StringComparison.Ordinal), Token);
        await RefusedAsync("write a folder relative to a model root");
        await File.WriteAllTextAsync(export, "[1]", Token);
        await RefusedAsync("export.json: ");
        File.Delete(export);
        await RefusedAsync("export.json: cannot be read");
    }

    [Theory]
    [InlineData("export latest --out x", "--job, --cell, --best: use exactly one of them")]
    [InlineData("export latest --best --job 1 --out x", "--job, --cell, --best: use exactly one of them")]
    [InlineData("export latest --cell CoOp --out x", "--cell: found 'CoOp'; write the row's label, a comma and the data set's name.")]
    [InlineData("export latest --cell Nothing,photos --out x", "--cell: there is no complete cell for row 'Nothing' and data set 'photos'")]
    [InlineData("export latest --best --out photos", "the folder is not empty")]
    [InlineData("predict nowhere photos", "PROMPTS: there is no folder 'nowhere'")]
    [InlineData("predict nowhere nothing.png", "IMAGES: there is no file or folder 'nothing.png'.")]
    public async Task What_cannot_be_exported_or_classified_is_refused_in_one_line(string arguments, string expected)
    {
        var ended = await sweep.RunAsync(arguments.Split(' '));

        Assert.Equal(2, ended.Code);
        Assert.Contains(expected, ended.Error, StringComparison.Ordinal);
        Assert.Single(ended.Error.Split('\n'));
        Assert.False(Directory.Exists(Path.Combine(sweep.Home.Folder, "x")));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Out() => Path.Combine(sweep.Home.Folder, $"out-{Guid.NewGuid():N}");

    private static JsonNode Json(string folder, string file) => JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!;
}
