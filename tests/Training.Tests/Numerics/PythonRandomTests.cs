using AdaptCluster.Training.Numerics;


namespace AdaptCluster.Training.Tests.Numerics;

public class PythonRandomTests
{
    [Theory]
    [InlineData(1, new uint[] { 577090037, 2444712010, 3639700191, 3445702192 })]
    [InlineData(2, new uint[] { 4106135923, 3707026329, 4070888059, 3646664648 })]
    [InlineData(3, new uint[] { 1022050301, 2545373330, 2337446730, 560161641 })]
    [InlineData(-3, new uint[] { 1022050301, 2545373330, 2337446730, 560161641 })]
    [InlineData(1L << 40, new uint[] { 445128065, 1517081360, 2880015531, 282029048 })]
    [InlineData(long.MinValue, new uint[] { 2377109768, 1691753470, 4039908392, 899083848 })]
    public void The_first_words_are_CPythons(long seed, uint[] expected)
    {
        var random = new PythonRandom(seed);
        Assert.Equal(expected, expected.Select(_ => (uint)random.GetRandBits(32)));
    }

    [Fact]
    public void Shuffle_gives_CPythons_order()
    {
        int[] items = [.. Enumerable.Range(0, 10)];
        new PythonRandom(1).Shuffle<int>(items);
        Assert.Equal([6, 8, 9, 7, 5, 3, 0, 4, 1, 2], items);
    }

    [Fact]
    public void A_sample_of_nothing_draws_nothing()
    {
        var random = new PythonRandom(1);
        Assert.Empty(random.Sample<int>([], 0));
        Assert.Equal(577090037UL, random.GetRandBits(32));
    }

    [Fact]
    public void A_sample_larger_than_its_population_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PythonRandom(1).Sample([1, 2, 3], 4));
}
