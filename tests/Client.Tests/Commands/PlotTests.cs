namespace AdaptCluster.Client.Tests.Commands;

public sealed class PlotTests(EndedSweep sweep)
{
    [Fact]
    public async Task A_finished_sweep_is_drawn_in_every_kind_and_its_masks_are_those_of_the_epochs()
    {
        var runs = (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray();
        var job = (string)runs.First(run => (int?)run!["run"]!["definition"]!["tTarget"] == 12)!["run"]!["job"]!;

        foreach (var file in (string[])["table.png", "average.pdf", "t-target.svg", "context-length.png", "masks.svg", "confusion.svg"])
        {
            var kind = Path.GetFileNameWithoutExtension(file);
            var drawn = await sweep.RunAsync(["plot", "latest", "--kind", kind, .. kind is "masks" or "confusion"
                or "context-length" ? (string[])["--job", job] : [], "--out", file, "--size", "900x600", "--json"]);
            Assert.True(drawn.Code == 0, drawn.Error);
            Assert.Equal((900, 600, ""), ((int)drawn.Json["width"]!, (int)drawn.Json["height"]!, drawn.Error));
            Assert.Equal(kind == "average" ? "points" : "pixels", (string)drawn.Json["unit"]!);
            var bytes = await File.ReadAllBytesAsync(Path.Combine(sweep.Home.Folder, file), TestContext.Current.CancellationToken);
            if (file.EndsWith("png", StringComparison.Ordinal)) Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
            else if (file.EndsWith("pdf", StringComparison.Ordinal)) Assert.Equal("%PDF"u8.ToArray(), bytes[..4]);
            else AssertDrawnOnce(System.Text.Encoding.UTF8.GetString(bytes));
        }
        Assert.Empty(Directory.GetFiles(sweep.Home.Folder, ".*.part"));

        var epochs = (await sweep.RunAsync("curves", "latest", "--job", job, "--json")).Json["epochs"]!.AsArray();
        var steps = (await sweep.RunAsync("masks", "latest", "--job", job, "--json")).Json["steps"]!.AsArray();
        Assert.Equal(6, epochs.Count);
        foreach (var branch in (string[])["image", "text"])
            Assert.Equal((int)epochs[^1]![$"{branch}ContextTokens"]!,
                steps[^1]![branch]!.AsArray().Sum(row => row!.AsArray().Sum(token => (int)token!)));
        Assert.Contains("block  3", (await sweep.RunAsync("masks", "latest", "--job", job)).Output, StringComparison.Ordinal);

        await RefusedAsync("--out table.png: the file already exists", "--kind", "table", "--out", "table.png");
        await RefusedAsync("--kind masks: draws one job; use --job with its id, such as ", "--kind", "masks", "--out", "new.png");
        await RefusedAsync("--kind confusion: draws one job; use --job with its id, such as ", "--kind", "confusion", "--out", "new.png");
        await RefusedAsync("--out new.gif: found the extension '.gif'; write a name that ends in .pdf, .svg or .png.", "--kind",
            "table", "--out", "new.gif");
        await RefusedAsync("--dataset none: the sweep has tiny-kinds, tiny-tinted", "--kind", "t-target", "--dataset",
            "none", "--out", "new.png");

        await RefusedAsync("--job: applies only to --kind curves, confusion, context-length and masks, not to table; leave it out.",
            "--kind", "table", "--job", job, "--out", "new.png");
    }

    [Fact]
    public async Task Curves_and_context_lengths_are_means_over_the_seeds_of_each_arm_that_trains()
    {
        var curves = await TextsAsync("curves", "--dataset", "tiny-kinds");
        string[] expected = ["tiny-kinds", "epoch", "training loss", "training accuracy (%)", "Adapt (T=24)"];
        Assert.Superset(expected.ToHashSet(), curves);
        Assert.DoesNotContain("tiny-tinted", curves);
        Assert.DoesNotContain("Zero-shot", curves);
        Assert.Contains("iteration", await TextsAsync("curves", "--axis", "iteration"));
        var lengths = await TextsAsync("context-length");
        Assert.Superset(new HashSet<string>(["tiny-kinds, both branches", "tiny-tinted, text branch", "Adapt (T=12)"]), lengths);
    }

    [Fact]
    public async Task What_a_sweep_cannot_draw_is_refused_in_one_line_with_the_reason()
    {
        foreach (var (arguments, expected) in ((string, string)[])
        [
            ("axis --axis learningRate", "plot: the sweep has only one value of learningRate, but a line needs two."),
            ("axis --axis learningrat",
                "--axis learningrat: no job has this setting (did you mean 'learningRate'?); write one of tTarget."),
            ("base-new", "--kind base-new: the sweep has no Base and New tables; write \"classes\": \"base\" in its data sets and "
                + "\"evaluate\": [\"base\", \"new\"] in its spec."),
            ("curves --dataset none", "--dataset none: the sweep has tiny-kinds, tiny-tinted; write one of them."),
            ("curves --axis shots", "--axis shots: for --kind curves, write epoch or iteration."),
            ("table --split test", "--split: applies only to --kind t-target, axis and confusion, not to table; leave it out."),
            ("confusion --job 1 --split both", "--split both: --kind confusion draws one split; write test or validation."),
            ("curves --job 1 --dataset tiny-kinds", "--job and --dataset: a job has only one data set; use only one of these options."),
        ])
            Assert.Equal((2, $"sweep: {expected}"), await EndAsync(["--kind", .. arguments.Split(' '), "--out", "none.png"]));
    }

    private async Task RefusedAsync(string expected, params string[] arguments)
    {
        var (code, error) = await EndAsync(arguments);
        Assert.Equal(2, code);
        Assert.StartsWith($"sweep: {expected}", error, StringComparison.Ordinal);
    }

    private async Task<(int Code, string Error)> EndAsync(string[] arguments)
    {
        var ended = await sweep.RunAsync(["plot", "latest", .. arguments]);
        return (ended.Code, ended.Error);
    }

    /// <summary>Draws a figure as SVG and returns its texts.</summary>
    private async Task<HashSet<string>> TextsAsync(string kind, params string[] arguments)
    {
        var file = $"{kind}{arguments.Length}{arguments.FirstOrDefault()}.svg";
        Assert.Equal((0, ""), await EndAsync(["--kind", kind, .. arguments, "--out", file]));
        return [.. Texts(await File.ReadAllTextAsync(Path.Combine(sweep.Home.Folder, file),
            TestContext.Current.CancellationToken)).Select(text => text.Text)];
    }

    private static (string At, string Text)[] Texts(string svg) => [.. System.Xml.Linq.XDocument.Parse(svg).Descendants()
        .Where(element => element.Name.LocalName == "text")
        .Select(text => (At(text, "transform") + At(text, "x") + At(text, "y"), text.Value.Trim()))];

    private static string? At(System.Xml.Linq.XElement text, string name) => text.Attribute(name)?.Value;

    /// <summary>Texts are texts, and none lies on another one that is the same.</summary>
    private static void AssertDrawnOnce(string svg)
    {
        var texts = Texts(svg);
        Assert.NotEmpty(texts);
        Assert.Equal(texts.Distinct(), texts);
    }
}
