using System.Text.Json.Nodes;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class SubmitTests(EndedSweep sweep)
{
    [Fact]
    public async Task A_sweep_prints_its_table_and_every_number_follows_from_its_runs()
    {
        var results = (await sweep.SubmittedAsync()).Json;
        Assert.Equal(("small", "completed", 12, 12), ((string?)results["name"], (string?)results["state"], (int)results["jobs"]!["total"]!,
            (int)results["jobs"]!["completed"]!));
        var rows = results["rows"]!.AsArray();
        Assert.Equal(["Zero-shot", "Adapt (T=24)", "Adapt (T=12)", "Adapt (adaptive T)"], rows.Select(row => (string)row!["label"]!));
        foreach (var row in rows)
        {
            foreach (var (_, cell) in row!["cells"]!.AsObject())
            {
                CheckMean(cell!["test"]!);
                CheckMean(cell["validation"]!);
            }
            Assert.Equal(row["cells"]!.AsObject().Average(cell => (double)cell.Value!["test"]!["mean"]!), (double)row["average"]!, 9);
        }
        foreach (var (dataset, cell) in rows[3]!["cells"]!.AsObject())
        {
            // Ties go to the smaller T_target, so 24 has to be better.
            var fixedCells = new[] { 1, 2 }.Select(row => rows[row]!["cells"]![dataset]!).ToArray();
            var best = (double)fixedCells[0]["validation"]!["mean"]! > (double)fixedCells[1]["validation"]!["mean"]!
                ? fixedCells[0] : fixedCells[1];
            Assert.Equal((int)best["tTarget"]!, (int)cell!["chosen"]!["tTarget"]!);
            cell["chosen"] = best["chosen"]!.DeepClone();
            Assert.Equal(best.ToJsonString(), cell.ToJsonString());
        }
        Assert.Equal(0, (double)rows[0]!["trainableParameters"]!);
        Assert.InRange((double)rows[2]!["trainableParameters"]!, 12 * 64, 12 * 128);
    }

    [Fact]
    public async Task Submitting_the_same_file_again_trains_nothing_and_prints_the_same_table()
    {
        using var home = new TemporaryHome();
        var file = home.Write("small.json", TemporaryHome.SmallSpec);
        var first = await SweepProcess.RunAsync(home, "submit", file, "--json");

        var second = await SweepProcess.RunAsync(home, "submit", file, "--json");

        Assert.Equal(first.Output, second.Output);
        Assert.DoesNotContain("1/12 jobs", second.Error, StringComparison.Ordinal);
        var list = (await SweepProcess.RunAsync(home, "list", "--json")).Json.AsArray();
        Assert.Equal((string?)first.Json["sweep"], (string?)Assert.Single(list)!["id"]);
        var results = await SweepProcess.RunAsync(home, "results", "latest", "--json");
        Assert.Equal(first.Output, results.Output);
    }

    [Theory]
    [InlineData("md", "| Adapt (T=12)       | ")]
    [InlineData("csv", "Adapt (T=12),adapt,snip,false,tiny-kinds,12,true,2,")]
    [InlineData("latex", "\\begin{tabular}{lrrrr}")]
    [InlineData("text", "Adapt (T=12)")]
    public async Task The_table_comes_in_every_format(string format, string expected)
    {
        var printed = await sweep.RunAsync("results", "small", "--format", format);

        Assert.Equal(0, printed.Code);
        Assert.Contains(expected, printed.Output, StringComparison.Ordinal);
        Assert.Empty(printed.Error);
    }

    private static void CheckMean(JsonNode accuracy)
    {
        var runs = accuracy["runs"]!.AsArray().Select(run => (double)run!).ToArray();
        Assert.Equal(2, runs.Length);
        Assert.Equal((runs[0] + runs[1]) / 2, (double)accuracy["mean"]!, 9);
        Assert.Equal(Math.Abs(runs[0] - runs[1]) / Math.Sqrt(2), (double)accuracy["std"]!, 9);
    }
}
