using AdaptCluster.Client.Output;
using CsCheck;

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
            Assert.All(blocks.Where(block => block.Length > 2), block => Assert.True(2 + widths[0] + block[1..].Sum(column => 3 + widths[column]) <= width));
        });

    [Fact]
    public void A_table_that_nobody_looks_at_on_a_terminal_is_whole()
    {
        var output = new StringWriter();
        var label = new string('x', 300);

        TextTable.Write(output, ["", "a"], [[label, "1"]]);

        Assert.Contains(label, output.ToString(), StringComparison.Ordinal);
    }
}
