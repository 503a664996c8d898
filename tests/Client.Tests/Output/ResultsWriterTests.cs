using System.Globalization;
using AdaptCluster.Client.Output;
using AdaptCluster.Contracts.Sweeps;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Microsoft.VisualBasic.FileIO;

namespace AdaptCluster.Client.Tests.Output;

/// <summary>What other programs read of a table: a label may hold anything, since a spec may be somebody else's.</summary>
public sealed class ResultsWriterTests
{
    private static readonly string[] Labels = ["plain", "a, \"b\" | c", "_x^{2} & 50 % \\ $#~<>", "=SUM(A1:A9)", "T=12 ± µ · ü"];

    [Fact]
    public void Csv_is_read_back_as_it_was_and_no_spreadsheet_runs_a_label()
    {
        using var reader = new TextFieldParser(new StringReader(Write("csv")))
        {
            TextFieldType = FieldType.Delimited,
            Delimiters = [","],
            HasFieldsEnclosedInQuotes = true,
            TrimWhiteSpace = false,
        };
        var header = reader.ReadFields()!;
        var rows = new List<string[]>();
        while (!reader.EndOfData) rows.Add(reader.ReadFields()!);

        Assert.All(rows, row => Assert.Equal(header.Length, row.Length));
        Assert.Equal(Labels.SelectMany(label => (string[])[label, label]),
            rows.Select(row => row[0].StartsWith("'=", StringComparison.Ordinal) ? row[0][1..] : row[0]));
        Assert.DoesNotContain(rows, row => row[0][0] == '=');
        Assert.Equal(Results().Rows[2].Cells["b"].Test.Mean,
            double.Parse(rows[5][Array.IndexOf(header, "test_mean")], CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Markdown_is_one_table_with_the_labels_as_they_are()
    {
        var document = Markdown.Parse(Write("md"), new MarkdownPipelineBuilder().UsePipeTables().Build());
        var table = Assert.Single(document.OfType<Table>());

        Assert.All(table.OfType<TableRow>(), row => Assert.Equal(5, row.Count));
        Assert.Equal(1 + Labels.Length, table.Count);
        Assert.Equal("a, \"b\" | c", Text((TableCell)((TableRow)table[2])[0]));
    }

    [Fact]
    public void The_best_number_of_a_complete_column_is_bold_in_latex()
    {
        var latex = Write("latex");
        var lines = latex.Split('\n');

        // In the first column a seed is missing, so that nobody knows the best of it.
        Assert.Equal(1, latex.Split("\\textbf").Length - 1);
        Assert.Contains("\\textbf{43.67}", lines.Single(line => line.StartsWith("T=12", StringComparison.Ordinal)),
            StringComparison.Ordinal);
        Assert.Contains("& 90.00", lines.Single(line => line.StartsWith("plain", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Latex_names_what_an_adaptive_row_chose_in_comments_of_one_line()
    {
        var output = new StringWriter();
        var results = Results();
        var row = results.Rows[1] with { Label = "Adapt\nx", Adaptive = true, Cells = new() { ["a"] = Chose(48), ["b"] = Chose(24) } };
        ResultsWriter.Write(output, results with { Rows = [results.Rows[0], row] }, "latex");
        var comments = output.ToString().Split('\n').Where(line => line.Contains("chosen", StringComparison.Ordinal));

        Assert.Equal("% Adapt x, chosen by validation accuracy: a T=48; b T=24", Assert.Single(comments).TrimEnd());

        static ResultCell Chose(int target) => Cell(80, 90) with { TTarget = target };
    }

    private static string Text(TableCell cell) =>
        string.Concat(cell.Descendants<Markdig.Syntax.Inlines.LiteralInline>().Select(literal => literal.Content.ToString()));

    private static string Write(string format)
    {
        var output = new StringWriter();
        ResultsWriter.Write(output, Results(), format);
        return output.ToString();
    }

    private static SweepResults Results() => new()
    {
        Sweep = "s-1",
        Name = "s",
        State = SweepState.Running,
        Jobs = new() { Total = 20, Completed = 19, Failed = 0, Cached = 0 },
        Datasets = ["a", "b"],
        Rows =
        [
            .. Labels.Select((label, index) => new ResultRow
            {
                Label = label,
                Method = $"m{index}",
                Adaptive = false,
                Cells = new() { ["a"] = index == 0 ? Cell(90) : Cell(80 + index, 80 + index), ["b"] = Cell(100.0 / 3 + index, 50) },
            }),
        ],
        Notes = ["a | note"],
    };

    private static ResultCell Cell(params double[] runs) => new()
    {
        Complete = runs.Length == 2,
        Test = new() { Mean = runs.Average(), Std = runs.Length < 2 ? null : Math.Abs(runs[0] - runs[1]) / Math.Sqrt(2), Runs = runs },
        Validation = new() { Runs = [] },
    };
}
