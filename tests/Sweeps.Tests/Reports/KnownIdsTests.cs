using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

public sealed class KnownIdsTests
{
    private static readonly string[] Ids = ["mine-22222222", "tiny-table1-33333333", "mine-11111111", "coop-vs-adapt-44444444"];

    [Theory]
    [InlineData("mien", "mine-22222222")]
    [InlineData("Mine-1111111", "mine-11111111")]
    [InlineData("tiny-tabel1", "tiny-table1-33333333")]
    [InlineData("lates", "latest")]
    [InlineData("zebra-crossing", null)]
    public void A_mistyped_id_is_answered_with_the_nearest_of_one_name_the_newest(string asked, string? expected) =>
        Assert.Equal(expected, SweepIdHint.Nearest(asked, Ids));
}
