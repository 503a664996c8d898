using AdaptCluster.Web.Charts;

namespace AdaptCluster.Web.Tests.Charts;

/// <summary>The places of values on the axes of parallel coordinates.</summary>
public sealed class ParallelAxisTests
{
    [Fact]
    public void Numbers_are_placed_by_their_value() => Assert.Equal([0, 0.5, 1], Places(["2", "10", "6"], "2", "6", "10"));

    [Fact]
    public void Numbers_over_more_than_a_decade_are_placed_by_their_logarithm() =>
        Assert.Equal([0, 0.5, 1], Places(["0.0001", "0.01", "0.001"], "0.0001", "0.001", "0.01").Select(place => Math.Round(place, 9)));

    [Fact]
    public void Words_are_placed_in_the_order_in_which_they_come() =>
        Assert.Equal([0, 0.5, 1], Places(["snip", "gradient-norm", "l2-norm"], "snip", "gradient-norm", "l2-norm"));

    [Fact]
    public void Trials_without_the_setting_are_below_all_others_and_said_to_have_none()
    {
        var axis = new ParallelAxis("tTarget", ["6", null, "12"]);

        Assert.Equal("none", axis.Labels.First().Text);
        Assert.True(axis.Place(null) < axis.Place("6") && axis.Place("6") < axis.Place("12"));
    }

    [Fact]
    public void Many_values_have_labels_at_their_ends_only() => Assert.Equal(["1", "20"],
        new ParallelAxis("x", Enumerable.Range(1, 20).Select(value => $"{value}")).Labels.Select(label => label.Text));

    private static double[] Places(string[] all, params string[] values)
    {
        var axis = new ParallelAxis("x", all);
        return Array.ConvertAll(values, axis.Place);
    }
}
