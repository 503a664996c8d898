using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Web.Sweeps;

namespace AdaptCluster.Web.Tests;

/// <summary>What the list shows is what its address says.</summary>
public sealed class SweepsAddressTests
{
    [Theory]
    [InlineData(null, null, null, null, "/")]
    [InlineData(" a&b ", "failed", "-name", "3", "/?q=a%26b&state=failed&sort=-name&page=3")]
    [InlineData("", "", "submitted", "1", "/")]
    [InlineData(null, "nonsense", "nonsense", "-5", "/")]
    [InlineData(null, "1", "2", "99999999999999", "/")]
    public void An_address_that_anybody_may_have_written_is_read_and_written_again(
        string? text, string? state, string? sort, string? page, string expected) =>
        Assert.Equal(expected, $"{SweepsAddress.Of(text, state, sort, page)}");

    [Fact]
    public void No_address_asks_the_cluster_for_more_than_it_answers()
    {
        var query = SweepsAddress.Of(new string('x', 5_000), null, null, "2000000000").Query;

        Assert.InRange(query.Text!.Length, 1, SweepQuery.LongestText);
        Assert.InRange(query.Count, 1, SweepQuery.MaxCount);
        Assert.True(query.From >= 0);
    }

    [Fact]
    public void What_no_name_can_have_is_taken_out_of_a_text()
    {
        Assert.Equal("ab\ud83d\ude00", SweepsAddress.Of("\0 a\u0007b\ud800\ud83d\ude00\udc00\n", null, null, null).Text);
        var cut = SweepsAddress.Of(new string('x', SweepQuery.LongestText - 1) + "\ud83d\ude00", null, null, null).Text;
        Assert.Equal(new string('x', SweepQuery.LongestText - 1), cut);
    }
}
