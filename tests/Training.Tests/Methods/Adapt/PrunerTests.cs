using AdaptCluster.Training.Methods.Adapt;
using CsCheck;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

public sealed class PrunerTests
{
    [Fact]
    public void The_lowest_of_both_branches_go_together()
    {
        var (image, text) = Pruner.Lowest([3, 1, 5], [2, 9], 2);
        Assert.Equal([1], image);
        Assert.Equal([0], text);
    }

    [Fact]
    public void Equal_scores_go_image_first_then_by_position()
    {
        var (image, text) = Pruner.Lowest([1, 1, 2], [1, 1], 3);
        Assert.Equal([0, 1], image);
        Assert.Equal([0], text);
    }

    [Fact]
    public void A_token_whose_score_is_no_number_goes_last()
    {
        var (image, text) = Pruner.Lowest([float.NaN, 3], [float.PositiveInfinity, 1], 3);
        Assert.Equal([1], image);
        Assert.Equal([1, 0], text);
    }

    [Fact]
    public void A_branch_may_be_empty_and_all_may_go()
    {
        Assert.Equal([1, 0], Pruner.Lowest([], [2, 1], 2).Text);
        Assert.Empty(Pruner.Lowest([1], [2], 0).Image);
    }

    [Fact]
    public void No_token_that_stays_scores_below_one_that_goes()
    {
        var scores = Gen.Float[0, 1].Array[0, 20];
        Gen.Select(scores, scores, Gen.Int[0, 40]).Sample((image, text, wanted) =>
        {
            var count = Math.Min(wanted, image.Length + text.Length);
            var (fromImage, fromText) = Pruner.Lowest(image, text, count);
            var gone = fromImage.Select(i => image[i]).Concat(fromText.Select(i => text[i])).ToArray();
            var left = image.Where((_, i) => !fromImage.Contains(i)).Concat(text.Where((_, i) => !fromText.Contains(i))).ToArray();
            return gone.Length == count && (gone.Length == 0 || left.Length == 0 || gone.Max() <= left.Min());
        });
    }
}
