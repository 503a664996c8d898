using AdaptCluster.Web.Charts;

namespace AdaptCluster.Web.Tests.Charts;

/// <summary>The axes of the page's drawings.</summary>
public sealed class ChartScaleTests
{
    [Fact]
    public void Ends_are_round_and_values_lie_between_them()
    {
        var scale = ChartScale.Rounded([0.13, 0.87], 100, 0);

        Assert.Equal((0, 1), (scale.Least, Math.Round(scale.Most, 9)));
        Assert.Equal(50, scale[0.5], 9);
        Assert.Equal([0, 0.2, 0.4, 0.6, 0.8, 1], scale.Ticks().Select(tick => Math.Round(tick, 9)));
    }

    [Fact]
    public void Equal_values_run_through_the_middle() => Assert.Equal(50, ChartScale.Rounded([7, 7], 100, 0)[7], 9);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(4000)]
    public void Epochs_have_whole_ticks(int epochs)
    {
        var ticks = new ChartScale(1, epochs, 0, 100).Ticks(whole: true);

        Assert.InRange(ticks.Length, 2, 11);
        Assert.All(ticks, tick => Assert.Equal(Math.Round(tick), tick));
    }

    [Fact]
    public void Numbers_that_are_none_do_not_spoil_the_axis() =>
        Assert.Equal((1, 3), (ChartScale.Rounded([1, double.NaN, 3], 0, 1).Least, ChartScale.Rounded([1, double.NaN, 3], 0, 1).Most));

    [Theory]
    [InlineData(0, 0.02, "0.000 0.005 0.010 0.015 0.020")]
    [InlineData(0, 100, "0 20 40 60 80 100")]
    [InlineData(0.5, 3, "0.5 1.0 1.5 2.0 2.5 3.0")]
    public void Labels_tell_neighbouring_ticks_apart(double least, double most, string labels)
    {
        var scale = ChartScale.Rounded([least, most], 0, 1);

        Assert.Equal(labels, string.Join(' ', scale.Ticks().Select(tick => scale.Label(tick))));
    }

    [Fact]
    public void A_single_point_is_drawn_as_a_line_of_no_length() => Assert.Equal("3,4 3,4", ChartScale.Text([(3, 4)]));
}
