using AdaptCluster.Training.Drawing;
using CsCheck;

namespace AdaptCluster.Training.Tests.Drawing;

public sealed class ShapesTests
{
    public static TheoryData<string> Names => [.. Shapes.Known, .. Shapes.Unseen];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shape_lies_within_one_and_a_half_radii_which_the_renderer_relies_on(string name)
    {
        var field = Shapes.Field(name);

        Gen.Double[0, 2 * Math.PI].Select(Gen.Double[1.5, 4]).Sample((angle, radius) =>
            field(radius * Math.Cos(angle), radius * Math.Sin(angle)) > 0);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_field_changes_no_faster_than_the_distance_walked_so_that_edges_are_smooth(string name)
    {
        var field = Shapes.Field(name);
        var place = Gen.Double[-1.5, 1.5];

        Gen.Select(place, place, Gen.Double[-0.05, 0.05], Gen.Double[-0.05, 0.05]).Sample((x, y, dx, dy) =>
            Math.Abs(field(x + dx, y + dy) - field(x, y)) <= Math.Sqrt(dx * dx + dy * dy) + 1e-9);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shape_covers_a_sensible_part_of_its_square(string name)
    {
        var field = Shapes.Field(name);
        var places = Enumerable.Range(-50, 101).Select(i => i / 50.0).ToList();

        var inside = places.Sum(y => places.Count(x => field(x, y) < 0));

        Assert.InRange(inside / (double)(places.Count * places.Count), 0.2, 0.85);
    }
}
