using AdaptCluster.Client.Commands;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Tests.Commands;

public sealed class CompareTests(EndedSweep sweep)
{
    [Fact]
    public async Task A_sweep_compared_with_itself_differs_nowhere_and_with_a_paper_by_the_papers_rounding()
    {
        var table = await sweep.SubmittedAsync();
        sweep.Home.Write("itself.json", table.Output);

        var itself = (await sweep.RunAsync("results", "latest", "--compare", "itself.json", "--json")).Json;
        var differences = itself["rows"]!.AsArray().SelectMany(
            row => row!["reported"]!["cells"]!.AsObject().Select(cell => (double)cell.Value!["difference"]!)).ToArray();
        Assert.Equal(8, differences.Length);
        Assert.All(differences, difference => Assert.Equal(0, difference));

        sweep.Home.Write("paper.json", """
            {"source": "a paper", "rounding": "mean of one-decimal runs", "notes": ["mind the gap"],
             "rows": [{"label": "Adapt, 12 tokens", "method": "adapt", "scorer": "snip", "tTarget": 12, "trainableParameters": 1000, "note": "with care", "test": {"tiny-kinds": 50}}]}
            """);
        var text = await sweep.RunAsync("results", "latest", "--compare", "paper.json");
        Assert.Contains("  reported", text.Output, StringComparison.Ordinal);
        foreach (var note in (string[])["compared with a paper", "Adapt (T=24): not in the reported table", "Adapt (T=12): with care",
            "mind the gap"]) Assert.Contains($"note: {note}", text.Output, StringComparison.Ordinal);
        var csv = (await sweep.RunAsync("results", "latest", "--compare", "paper.json", "--format", "csv")).Output.Split('\n')
            .Select(line => line.Split(',')).Single(line => line[0] == "Adapt (T=12)" && line[1] == "tiny-kinds");
        var runs = table.Json["rows"]![2]!["cells"]!["tiny-kinds"]!["test"]!["runs"]!.AsArray().Select(run => (double)run!).ToArray();
        Assert.Equal(Comparison.RoundedMean(runs)!.Value, double.Parse(csv[2], System.Globalization.CultureInfo.InvariantCulture), 12);
        Assert.Equal(Comparison.RoundedMean(runs)!.Value - 50, double.Parse(csv[4], System.Globalization.CultureInfo.InvariantCulture), 12);
    }

    [Fact]
    public async Task The_note_on_the_papers_row_of_adaptive_T_is_printed_beside_ones_own()
    {
        var text = await sweep.RunAsync("results", "latest", "--compare", Repository.At("examples/paper.reported.json"));
        Assert.Contains("note: Adapt (adaptive T): no choice among the paper's own runs gives this row: the best of its table 2",
            text.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"label": "Adapt", "method": "adapt", "scorer": "snip", "tTarget": 12, "test": {"dtd": 50}}""",
        "note: no data set in common: the sweep has tiny-kinds, tiny-tinted; the reported table has dtd")]
    [InlineData("""{"label": "Adapt", "method": "adapt", "scorer": "snap", "tTarget": 12, "test": {"tiny-kinds": 50}}""",
        "note: no row in common: the reported table has Adapt; rows are matched by label, or by method, scorer and T_target")]
    public async Task A_file_that_shares_no_number_with_the_sweep_is_said_to(string row, string note)
    {
        sweep.Home.Write("other.json", $$"""{"source": "a paper", "rows": [{{row}}]}""");

        var text = await sweep.RunAsync("results", "latest", "--compare", "other.json");

        Assert.Contains(note, text.Output, StringComparison.Ordinal);
    }

    [Theory]
    // As Python prints them with one decimal.
    [InlineData(92.25, 92.2)]
    [InlineData(92.75, 92.8)]
    [InlineData(92.35, 92.3)]
    [InlineData(92.45, 92.5)]
    [InlineData(100, 100)]
    [InlineData(0.25, 0.2)]
    public void A_run_is_rounded_as_the_sources_scripts_print_it(double run, double expected) =>
        Assert.Equal(expected, Comparison.RoundedMean([run]));

    [Fact]
    public void The_published_file_of_the_papers_tables_can_be_read_and_its_averages_are_those_of_its_cells()
    {
        var table = ReportedTableFile.Read(Repository.At("examples/paper.reported.json"));
        Assert.Equal(17, table.Rows.Length);
        Assert.All(table.Rows.Where(row => row.Method != "kgcoop"), row =>
            Assert.Equal(row.Average!.Value, row.Test.Values.Average(), 0.0051));
        Assert.All(table.Rows, row => Assert.Equal(11, row.Test.Count));
    }

    [Theory]
    [InlineData("[]", "$: not a table of reported results")]
    [InlineData("{", "$: not a table of reported results")]
    [InlineData("null", "$: not a table of reported results")]
    [InlineData("""{"arms": []}""", "not a table of reported results (unknown key 'arms'); examples/paper.reported.json shows the format.")]
    [InlineData("""{"source": "s"}""", "not a table of reported results (missing 'rows'); examples/paper.reported.json shows the format.")]
    [InlineData("""{"source": "s", "rows": null}""", "$.rows: not a table of reported results")]
    [InlineData("""{"source": "s", "rows": [null]}""", "not a table of reported results (found null in a list)")]
    [InlineData("""{"source": "s", "rows": [{"label": "a", "method": "adapt", "test": null}]}""",
        "$.rows[0].test: not a table of reported results")]
    [InlineData("""{"source": "s", "rows": [{"label": "a", "method": "adapt", "test": {"dtd": "x"}}]}""",
        "$.rows[0].test.dtd: not a table of reported results")]
    [InlineData("""{"source": "s", "rows": [{"label": "a", "method": "adapt", "test": {"dtd": 101}}]}""",
        "an accuracy is not a percentage from 0 to 100")]
    [InlineData("""{"source": "s", "rounding": "up", "rows": []}""", "$.rounding: found 'up'")]
    [InlineData(null, "there is no such file; check the path.")]
    public void A_file_that_is_no_table_is_refused_with_the_place(string? content, string expected)
    {
        using var home = new TemporaryHome();
        var file = Path.Combine(home.Folder, "reported.json");
        if (content is not null) File.WriteAllText(file, content);
        var message = Assert.Throws<InvalidInputException>(() => ReportedTableFile.Read(file)).Message;
        Assert.StartsWith($"--compare {file}: ", message, StringComparison.Ordinal);
        Assert.Contains(expected, message, StringComparison.Ordinal);
    }
}
