using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Results;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Tests.Results;

public sealed class TargetCurvesTests
{
    [Theory]
    [InlineData("Adapt (T=12)", "Adapt")]
    [InlineData("Adapt (adaptive T)", "Adapt")]
    [InlineData("Adapt (l2-norm, T=12)", "Adapt (l2-norm)")]
    [InlineData("Adapt (l2-norm, adaptive T, epochs=5)", "Adapt (l2-norm, epochs=5)")]
    [InlineData("Adapt (T=12, epochs=5)", "Adapt (epochs=5)")]
    [InlineData("mine", "mine")]
    public void A_label_loses_what_it_says_of_the_target(string row, string label) => Assert.Equal(label, TargetCurves.Label(row));

    [Fact]
    public void Each_scorer_has_a_curve_of_its_own_with_the_point_that_its_adaptive_row_took()
    {
        var plan = Plan("""
            {"seeds": [1, 2], "datasets": ["dtd"], "arms": [
                {"method": "zero-shot"},
                {"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": [128, 64]},
                {"method": "adapt", "scorer": "l2-norm", "tTarget": {"adaptive": [64, 96]}}]}
            """);
        var runs = new RunTable(plan.JobCount);
        for (var group = 0; group < plan.Groups.Length; group++)
        {
            if (plan.Groups[group].Definition is not { TTarget: { } target, Scorer: Scorer.L2Norm }) continue;
            for (var seed = 0; seed < 2; seed++)
                runs.Add((group * 2) + seed, Samples.Result(target / 2 + seed, validationCorrect: target == 96 ? 90 : 80));
        }

        var curves = TargetCurves.Of(plan, runs);

        Assert.Equal(["Adapt (snip)", "Adapt (l2-norm)"], curves.Select(curve => curve.Label));
        Assert.All(curves[0].Points, point => Assert.Equal((false, null), (point.Complete, point.Test.Mean)));
        Assert.Equal([(64, 32.5), (96, 48.5), (128, 64.5)], curves[1].Points.Select(point => (point.TTarget, point.Test.Mean!.Value)));
        Assert.Equal((null, 96), (curves[0].Chosen, curves[1].Chosen));
    }

    [Fact]
    public void A_sweep_without_targets_has_no_curve() =>
        Assert.Empty(TargetCurves.Of(Plan("""{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}"""), new RunTable(3)));

    private static SweepPlan Plan(string spec) => new Planner(new FixedCatalog(("dtd", 47))).Plan(SpecParser.Parse(spec, "spec.json"));
}
