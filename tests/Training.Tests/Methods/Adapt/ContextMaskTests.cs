using AdaptCluster.Training.Methods.Adapt;
using CsCheck;

namespace AdaptCluster.Training.Tests.Methods.Adapt;

public sealed class ContextMaskTests
{
    [Fact]
    public void A_new_mask_is_all_ones() => Assert.Equal([1, 1, 1, 1, 1, 1], new ContextMask(2, 3).ToBytes());

    [Fact]
    public void Removal_counts_among_the_live_tokens()
    {
        var mask = new ContextMask(2, 3, [1, 0, 1, 1, 0, 1]);
        Assert.Equal([0, 2], mask.Remove([1, 3]));
        Assert.Equal([1, 0, 0, 1, 0, 0], mask.ToBytes());
        Assert.Equal([1L, 1L], mask.CountByDepth());
    }

    [Fact]
    public void A_mask_comes_back_from_its_bytes() =>
        Gen.Bool.Array[12].Sample(bits =>
        {
            byte[] bytes = [.. bits.Select(b => b ? (byte)1 : (byte)0)];
            var mask = new ContextMask(3, 4, bytes);
            return mask.ToBytes().SequenceEqual(bytes) && mask.Count == bits.Count(b => b) && mask.CountByDepth().Sum() == mask.Count;
        });
}
