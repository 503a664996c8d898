using AdaptCluster.Contracts;
using AdaptCluster.Training.Methods.Plot;
using AdaptCluster.Training.Numerics;
using TorchSharp;

namespace AdaptCluster.Training.Tests.Methods.Plot;

public sealed class SinkhornTests
{
    private const double Regularisation = 0.1;
    private const double Threshold = 0.01;

    public SinkhornTests() => torch.set_num_threads(1);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(10)]
    public void Every_lane_stops_where_it_stops_alone_however_seldom_it_is_looked_at(int lookEvery)
    {
        using var scope = torch.NewDisposeScope();
        var generator = new torch.Generator(3, torch.CPU);
        // From all but equal cosines, which are there at once, to cosines of ±1, which take many iterations.
        var cosines = ((double[])[0.001, 0.05, 0.3, 1]).Select(width =>
            torch.randn([4, 3, 49, 4], generator: generator).Times(3 * width).tanh().Times(width)).ToArray();
        var expected = cosines.Select(lane => Plain(lane, 100)).ToArray();
        Assert.True(expected.Select(lane => lane.Iterations).Distinct().Count() >= 3);

        var plans = new Sinkhorn(Regularisation, Threshold, 100) { LookEvery = lookEvery }.Plans(cosines);

        foreach (var (lane, plan) in expected.Zip(plans)) Assert.True(lane.Plan.eq(plan).all().item<bool>());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void It_ends_after_the_most_iterations_between_two_looks_too(int most)
    {
        using var scope = torch.NewDisposeScope();
        var cosines = torch.randn([2, 3, 16, 4], generator: new torch.Generator(5, torch.CPU)).tanh();
        var plan = new Sinkhorn(Regularisation, 0, most) { LookEvery = 10 }.Plans([cosines])[0];
        Assert.True(Plain(cosines, most, 0).Plan.eq(plan).all().item<bool>());
    }

    [Fact]
    public void Sums_over_a_plan_have_the_digits_of_one_lane_by_itself()
    {
        using var scope = torch.NewDisposeScope();
        var generator = new torch.Generator(7, torch.CPU);
        // As the products of features lie: images, patches, prompts, classes.
        var cosines = Enumerable.Range(0, 3)
            .Select(_ => torch.randn([4, 49, 4, 8], generator: generator).tanh().permute(0, 3, 1, 2)).ToArray();

        var plans = new Sinkhorn(Regularisation, Threshold, 100).Plans(cosines);

        foreach (var (lane, plan) in cosines.Zip(plans))
        {
            var alone = Plain(lane, 100).Plan;
            Assert.Equal(alone.stride(), plan.stride());
            Assert.True((alone * lane).sum([2, 3]).eq((plan * lane).sum([2, 3])).all().item<bool>());
        }
    }

    [Fact]
    public void A_lane_that_is_no_number_is_refused()
    {
        using var scope = torch.NewDisposeScope();
        var cosines = torch.zeros(1, 2, 4, 2);
        var error = Assert.Throws<AdaptClusterException>(() =>
            new Sinkhorn(Regularisation, Threshold, 5).Plans([cosines, cosines.Times(double.NaN)]));
        Assert.Contains("raise train.plot.regularisation", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The public code's loop for one lane, which looks at each iteration.</summary>
    private static (torch.Tensor Plan, int Iterations) Plain(torch.Tensor cosines, int most, double threshold = Threshold)
    {
        var kernel = cosines.Plus(torch.ones_like(cosines).neg()).Over(Regularisation).exp();
        var (patches, prompts) = (cosines.shape[2], cosines.shape[3]);
        torch.Tensor Ones(long rows) => torch.ones(cosines.shape[0], cosines.shape[1], rows, 1);
        var (r, c) = (Ones(patches), Ones(prompts));
        var iteration = 0;
        while (iteration++ < most)
        {
            var before = r;
            r = kernel.matmul(c).reciprocal().Over(patches);
            c = kernel.transpose(2, 3).contiguous().matmul(r).reciprocal().Over(prompts);
            if (r.Plus(before.neg()).abs().mean().item<float>() < threshold) break;
        }
        return (r * kernel * c.transpose(2, 3), iteration);
    }
}
