using System.Text.Json.Nodes;

namespace AdaptCluster.Client.Tests.Commands;

/// <summary>Protocols beside the 16-shot table, as users run them: a curve over shots, base-to-new and transfer in one spec.</summary>
public sealed class ProtocolTests
{
    private const string Spec = """
        {"backbone": "tiny-clip", "shots": [1, 2], "seeds": [1, 2], "selection": "fixed",
         "datasets": [{"name": "tiny-kinds", "classes": "base"}, {"name": "tiny-textures", "classes": "base"}],
         "evaluate": ["base", "new", "tiny-objects"],
         "arms": [{"method": "zero-shot", "shots": 2}, {"method": "coop", "coop": {"contextLength": 4}}, {"method": "lamm", "shots": 2}],
         "train": {"epochs": 2, "batchSize": 4, "learningRate": 0.005, "learningRateWarmupEpochs": 0, "augmentation": "none"} }
        """;

    [Fact]
    public async Task One_training_gives_base_new_their_harmonic_means_and_another_data_set_in_every_format()
    {
        using var home = new TemporaryHome();
        var spec = home.Write("protocols.json", Spec);

        var plan = await SweepProcess.RunAsync(home, "plan", spec, "--json");
        Assert.Equal(0, plan.Code);
        Assert.Equal(2 * 2 * 4, (int)plan.Json["jobs"]!);
        Assert.Contains(plan.Json["warnings"]!.AsArray(), warning => (string)warning!["code"]! == "unseen-classes");
        Assert.Contains(plan.Json["warnings"]!.AsArray(), warning => (string)warning!["code"]! == "selection-fixed");

        var submitted = await SweepProcess.RunAsync(home, "submit", spec, "--json");
        Assert.True(submitted.Code == 0, submitted.Error);
        var sections = submitted.Json["sections"]!.AsArray();
        Assert.Equal(["Base", "New", "H", "Trained on tiny-kinds", "Trained on tiny-textures"],
            sections.Select(section => (string)section!["title"]!));
        var rows = submitted.Json["rows"]!.AsArray();
        for (var row = 0; row < rows.Count - 1; row++) RequireHarmonic(sections, row);
        // The base column is the sweep's own table, to the last digit.
        Assert.Equal((double)rows[1]!["cells"]!["tiny-kinds"]!["test"]!["mean"]!, Cell(sections[0], 1, 0));
        Assert.Equal("shots", ((JsonObject)rows[1]!["axes"]!).Single().Key);
        // LAMM, the last row, has no number on what it has not seen.
        Assert.True((bool)sections[1]!["rows"]![rows.Count - 1]!["cells"]![0]!["refused"]!);
        Assert.Null(sections[2]!["rows"]![rows.Count - 1]!["average"]);

        var text = await SweepProcess.RunAsync(home, "results", "latest");
        Assert.Contains("cannot", text.Output, StringComparison.Ordinal);
        Assert.Contains("selection is fixed", Flat(text.Output), StringComparison.Ordinal);
        Assert.Contains("H = 2BN / (B + N), where B and N are the means over seeds", Flat(text.Output), StringComparison.Ordinal);
        Assert.Contains("**New**", (await SweepProcess.RunAsync(home, "results", "latest", "--format", "md")).Output,
            StringComparison.Ordinal);
        Assert.Contains("% Trained on tiny-kinds", (await SweepProcess.RunAsync(home, "results", "latest", "--format", "latex")).Output,
            StringComparison.Ordinal);
        var csv = (await SweepProcess.RunAsync(home, "results", "latest", "--format", "csv")).Output.Trim().Split('\n');
        Assert.EndsWith(",section", csv[0], StringComparison.Ordinal);
        Assert.All(csv, line => Assert.Equal(csv[0].Count(c => c == ','), line.Count(c => c == ',')));

        var figure = Path.Combine(home.Folder, "shots.svg");
        Assert.Equal(0, (await SweepProcess.RunAsync(home, "plot", "latest", "--kind", "axis", "--axis", "shots", "--out", figure)).Code);
        Assert.Contains("training images per class", await File.ReadAllTextAsync(figure, TestContext.Current.CancellationToken),
            StringComparison.Ordinal);
        await RequireBaseNewAsync(home, sections);

        await RequireTargetsPredictionsAsync(home);

        // A second submission takes every number from the store, those on targets too.
        var again = await SweepProcess.RunAsync(home, "submit", spec, "--name", "again", "--json");
        Assert.Equal((int)again.Json["jobs"]!["total"]!, (int)again.Json["jobs"]!["cached"]!);
        Assert.Equal(sections.ToJsonString(), again.Json["sections"]!.ToJsonString());
    }

    /// <summary>The figure names each arm with its H; LAMM has none.</summary>
    private static async Task RequireBaseNewAsync(TemporaryHome home, JsonArray sections)
    {
        Assert.Equal(0, (await SweepProcess.RunAsync(home, "plot", "latest", "--kind", "base-new", "--out", "base-new.svg")).Code);
        var svg = await File.ReadAllTextAsync(Path.Combine(home.Folder, "base-new.svg"), TestContext.Current.CancellationToken);
        foreach (var row in sections[2]!["rows"]!.AsArray().Where(row => row!["average"] is not null))
            Assert.Contains(string.Create(System.Globalization.CultureInfo.InvariantCulture,
                $"{(string)row!["label"]!}, H = {(double)row["average"]!:F2}"), svg, StringComparison.Ordinal);
        Assert.Contains("average of 2 data sets", svg, StringComparison.Ordinal);
        Assert.DoesNotContain("LAMM", svg, StringComparison.Ordinal);
    }

    /// <summary>By hand: of each data set from its means, and of the two averages.</summary>
    private static void RequireHarmonic(JsonArray sections, int row)
    {
        static double Mean(double b, double n) => 2 * b * n / (b + n);
        double Runs(int section, int column) => sections[section]!["rows"]![row]!["cells"]![column]!["accuracy"]!["runs"]!.AsArray()
            .Average(run => (double)run!);
        for (var column = 0; column < 2; column++)
            Assert.Equal(Mean(Runs(0, column), Runs(1, column)), Cell(sections[2], row, column), 1e-9);
        var (b, n) = ((Runs(0, 0) + Runs(0, 1)) / 2, (Runs(1, 0) + Runs(1, 1)) / 2);
        Assert.Equal(Mean(b, n), (double)sections[2]!["rows"]![row]!["average"]!, 1e-9);
        Assert.Equal(Runs(3, 1), (double)sections[3]!["rows"]![row]!["average"]!, 1e-9);
    }

    private static double Cell(JsonNode? section, int row, int column) => (double)section!["rows"]![row]!["cells"]![column]!["value"]!;

    /// <summary>What is kept of a target's images gives the number that the table has for it.</summary>
    private static async Task RequireTargetsPredictionsAsync(TemporaryHome home)
    {
        var runs = (await SweepProcess.RunAsync(home, "results", "latest", "--runs", "--json")).Json["runs"]!.AsArray();
        var run = runs.Select(line => line!["run"]!).First(run => (string?)run["definition"]!["method"] == "coop");
        var job = (string)run["job"]!;
        foreach (var target in run["result"]!["targets"]!.AsArray())
        {
            var shown = await SweepProcess.RunAsync(
                home, "predictions", "latest", "--job", job, "--on", (string)target!["name"]!, "--json");
            Assert.True(shown.Code == 0, shown.Error);
            Assert.Equal((int)target["correct"]!, (int)shown.Json["correct"]!);
            Assert.Equal((int)target["total"]!, (int)shown.Json["images"]!);
            Assert.Equal((string)target["name"]!, (string)shown.Json["split"]!);
            // The images are the job's, so the only reason is that drawn ones have no files.
            Assert.Contains("are not stored in files", shown.Error, StringComparison.Ordinal);
        }
        var drawn = await SweepProcess.RunAsync(
            home, "plot", "latest", "--kind", "confusion", "--job", job, "--on", "new", "--out", "new.svg");
        Assert.True(drawn.Code == 0, drawn.Error);
        Assert.Matches(
            @", new\s*<", await File.ReadAllTextAsync(Path.Combine(home.Folder, "new.svg"), TestContext.Current.CancellationToken));
        var unknown = await SweepProcess.RunAsync(home, "predictions", "latest", "--job", job, "--on", "dtd");
        Assert.Equal(2, unknown.Code);
        Assert.Equal("sweep: --on: the job has no predictions for 'dtd'; it has predictions for new, tiny-objects.", unknown.Error);
    }

    private static string Flat(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
