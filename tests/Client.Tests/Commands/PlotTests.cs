namespace AdaptCluster.Client.Tests.Commands;

public sealed class PlotTests(EndedSweep sweep)
{
    [Fact]
    public async Task A_finished_sweep_is_drawn_in_every_kind_and_its_masks_are_those_of_the_epochs()
    {
        var runs = (await sweep.RunAsync("results", "latest", "--runs", "--json")).Json["runs"]!.AsArray();
        var job = (string)runs.First(run => (int?)run!["run"]!["definition"]!["tTarget"] == 12)!["run"]!["job"]!;

        foreach (var file in (string[])["table.png", "average.svg", "t-target.svg", "context-length.png", "masks.svg"])
        {
            var kind = Path.GetFileNameWithoutExtension(file);
            var drawn = await sweep.RunAsync(["plot", "latest", "--kind", kind, .. kind is "masks"
                or "context-length" ? (string[])["--job", job] : [], "--out", file, "--size", "900x600", "--json"]);
            Assert.True(drawn.Code == 0, drawn.Error);
            Assert.Equal((900, 600, ""), ((int)drawn.Json["width"]!, (int)drawn.Json["height"]!, drawn.Error));
            var bytes = await File.ReadAllBytesAsync(Path.Combine(sweep.Home.Folder, file), TestContext.Current.CancellationToken);
            if (file.EndsWith("png", StringComparison.Ordinal)) Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], bytes[..4]);
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

        await RefusedAsync("--out table.png: the file is there already", "--kind", "table", "--out", "table.png");
        await RefusedAsync("--kind masks: draws one job; write --job with its id, such as ", "--kind", "masks", "--out", "new.png");
        await RefusedAsync("--out new.pdf: found the ending '.pdf'; write a name that ends in .png or .svg.", "--kind",
            "table", "--out", "new.pdf");
        await RefusedAsync("--dataset none: the sweep has tiny-kinds, tiny-tinted", "--kind", "t-target", "--dataset",
            "none", "--out", "new.png");

        await RefusedAsync("--job: is for --kind context-length and masks, and this is table; leave it out.", "--kind", "table", "--job",
            job, "--out", "new.png");

        async Task RefusedAsync(string expected, params string[] arguments)
        {
            var ended = await sweep.RunAsync(["plot", "latest", .. arguments]);
            Assert.Equal(2, ended.Code);
            Assert.StartsWith($"sweep: {expected}", ended.Error, StringComparison.Ordinal);
        }
    }

    /// <summary>Texts are texts, and none lies on another one that is the same.</summary>
    private static void AssertDrawnOnce(string svg)
    {
        var texts = System.Xml.Linq.XDocument.Parse(svg).Descendants().Where(element => element.Name.LocalName == "text")
            .Select(text => (text.Attribute("transform")?.Value, text.Value.Trim())).ToArray();
        Assert.NotEmpty(texts);
        Assert.Equal(texts.Distinct(), texts);
    }
}
