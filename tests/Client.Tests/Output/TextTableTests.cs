using AdaptCluster.Client.Output;
using CsCheck;
using Spectre.Console;

namespace AdaptCluster.Client.Tests.Output;

public sealed class TextTableTests
{
    [Fact]
    public void Every_column_stands_once_behind_the_first_and_no_block_is_wider_than_the_terminal() =>
        Gen.Select(Gen.Int[1, 30].Array[1, 20], Gen.Int[40, 200]).Sample((widths, width) =>
        {
            var blocks = TextTable.Blocks(widths, width).ToArray();

            Assert.All(blocks, block => Assert.Equal(0, block[0]));
            Assert.Equal(Enumerable.Range(1, widths.Length - 1), blocks.SelectMany(block => block[1..]));
            Assert.All(blocks.Where(block => block.Length > 2), block =>
                Assert.True(4 + widths[0] + block[1..].Sum(column => 3 + widths[column]) <= width));
        });

    [Theory]
    [InlineData(40)]
    [InlineData(61)]
    [InlineData(80)]
    [InlineData(160)]
    public void On_a_terminal_no_header_and_no_number_is_broken_or_cut(int width) =>
        Gen.Select(Gen.Int[1, 24].Array[2, 12], Gen.Int[1, 60]).Sample((widths, label) =>
        {
            string[] headers = ["", .. widths.Select((length, column) => Cell(length, column))];
            string[] row = [new string('l', label), .. widths.Select((length, column) => Cell(Math.Max(1, 25 - length), column))];
            var output = new StringWriter();

            TextTable.Write(output, width, headers, [row]);

            var words = output.ToString().Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ToHashSet();
            Assert.All(headers[1..].Concat(row[1..]), cell => Assert.Contains(cell, words));
            Assert.All(output.ToString().Split('\n'), line => Assert.True(line.TrimEnd().Length <= width, line));
        }, iter: 100);

    [Fact]
    public void A_table_is_drawn_as_Spectre_Console_draws_it()
    {
        string[] headers = ["", "state", "宽", "mean ± std"], beginnings = ["", "a", "T_target", "12.5 ± 0.1", "宽字", "…"];
        var cell = Gen.Select(Gen.Int[0, beginnings.Length - 1], Gen.Int[0, 30])
            .Select((text, more) => beginnings[text] + new string('x', more));
        cell.Array[headers.Length].Array[0, 5].Sample(rows =>
        {
            var (ours, theirs) = (new StringWriter(), new StringWriter());
            TextTable.Write(ours, 1000, headers, rows);

            var settings = new AnsiConsoleSettings
            {
                Out = new AnsiConsoleOutput(theirs),
                Ansi = AnsiSupport.No,
                ColorSystem = ColorSystemSupport.NoColors,
            };
            var console = AnsiConsole.Create(settings);
            console.Profile.Width = 1000;
            var table = new Table().Border(TableBorder.Simple);
            foreach (var header in headers)
                table.AddColumn(new TableColumn(new Text(header)) { Alignment = header.Length == 0 ? null : Justify.Right }.NoWrap());
            foreach (var row in rows) table.AddRow(row.Select(text => new Text(text)));
            console.Write(table);
            Assert.Equal(theirs.ToString(), ours.ToString());
        }, iter: 50);
    }

    [Theory]
    [InlineData("宽")]
    [InlineData("é")]
    [InlineData("𝐱")]
    public void Labels_of_wide_characters_are_cut_by_the_places_they_take(string character)
    {
        var output = new StringWriter();

        TextTable.Write(output, 40, ["", "accuracy"], [[string.Concat(Enumerable.Repeat(character, 60)), "12.3"]]);

        Assert.Contains("…", output.ToString(), StringComparison.Ordinal);
        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.TrimEnd().GetCellWidth() <= 40, line));
    }

    [Fact]
    public void A_table_that_nobody_looks_at_on_a_terminal_is_whole()
    {
        var output = new StringWriter();
        var label = new string('x', 300);

        TextTable.Write(output, ["", "a"], [[label, "1"]]);

        Assert.Contains(label, output.ToString(), StringComparison.Ordinal);
    }

    /// <summary>A text that no other cell has.</summary>
    private static string Cell(int length, int column) => $"{(char)('a' + column)}".PadRight(length, '-');
}
