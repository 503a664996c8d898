using System.Globalization;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Sweeps.Tests.Results;

public sealed class TargetCurvesTests
{
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
            if (plan.Groups[group].Definition is not { TTarget: { } target, Scorer.Name: "l2-norm" }) continue;
            for (var seed = 0; seed < 2; seed++)
                runs.Add(plan.At(group, seed), Samples.Result(target / 2 + seed, validationCorrect: target == 96 ? 90 : 80));
        }

        var curves = TargetCurves.Of(plan, runs);

        Assert.Equal(["Adapt (snip)", "Adapt (l2-norm)"], curves.Select(curve => curve.Label));
        Assert.All(curves[0].Points, point => Assert.Equal((false, null), (point.Complete, point.Test.Mean)));
        Assert.Equal([(64, 32.5), (96, 48.5), (128, 64.5)], curves[1].Points.Select(point => (point.TTarget, point.Test.Mean!.Value)));
        Assert.Equal((null, 96), (curves[0].Chosen, curves[1].Chosen));
    }

    [Fact]
    public void Rows_belong_together_by_their_settings_and_never_by_their_labels()
    {
        var curves = Curves("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [
                {"method": "adapt", "label": "x (T=6)", "tTarget": 64, "learningRate": 0.01},
                {"method": "adapt", "label": "x (T=12)", "tTarget": 128, "learningRate": 0.02},
                {"method": "adapt", "label": "same", "tTarget": 32, "learningRate": 0.02}]}
            """);

        Assert.Equal(["x (T=6): 64", "x (T=12): 32 128"], curves.Select(Text));
    }

    [Fact]
    public void Every_setting_with_several_numbers_is_a_curve_for_each_combination_of_the_others()
    {
        var curves = Curves("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [
                {"method": "coop", "learningRate": [0.002, 0.01], "coop": {"contextLength": [4, 16]}, "precision": ["float32", "tf32"]}]}
            """);

        Assert.Equal(
            [
                "contextLength", "contextLength", "contextLength", "contextLength",
                "learningRate", "learningRate", "learningRate", "learningRate",
            ],
            curves.Select(curve => curve.Axis));
        Assert.Equal("CoOp (contextLength=4, precision=float32): 0.002 0.01", Text(curves[4]));
        Assert.Equal(8, curves.Select(curve => (curve.Axis, curve.Label)).Distinct().Count());
    }

    [Fact]
    public void A_curve_over_what_validation_has_chosen_shows_the_choice()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop", "learningRate": {"adaptive": [0.01, 0.002, 0.1]}}]}
            """);
        var runs = new RunTable(plan.JobCount);
        for (var group = 0; group < 3; group++) runs.Add(new(group), Samples.Result(50, validationCorrect: group == 1 ? 70 : 60));

        var curve = Assert.Single(TargetCurves.Of(plan, runs));

        Assert.Equal(("CoOp: 0.002 0.01 0.1", 0.002, (int?)null), (Text(curve), curve.ChosenValue!.Value, curve.Chosen));
    }

    [Fact]
    public void Plans_of_version_0_1_0_which_do_not_say_what_belongs_together_are_told_apart_by_their_jobs()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [64, 128], "learningRate": [0.01, 0.02]}]}
            """);
        plan = plan with { Rows = [.. plan.Rows.Select(row => row with { Name = null, Axes = null, Family = null })] };

        Assert.Equal(["64 128", "64 128"], TargetCurves.Of(plan, new RunTable(plan.JobCount))
            .Select(curve => string.Join(' ', curve.Points.Select(point => point.TTarget))));
    }

    [Fact]
    public void A_sweep_without_targets_has_no_curve() =>
        Assert.Empty(TargetCurves.Of(Plan("""{"datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}"""), new RunTable(3)));

    private static TargetCurve[] Curves(string spec)
    {
        var plan = Plan(spec);
        return TargetCurves.Of(plan, new RunTable(plan.JobCount));
    }

    private static string Text(TargetCurve curve) =>
        $"{curve.Label}: {string.Join(' ', curve.Points.Select(point => point.Value.ToString(CultureInfo.InvariantCulture)))}";

    private static SweepPlan Plan(string spec) => KnownMethods.Plan(new FixedCatalog(("dtd", 47)), spec);
}
