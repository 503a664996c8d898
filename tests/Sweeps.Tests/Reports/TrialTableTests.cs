using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>The combinations of settings of a sweep, for parallel coordinates.</summary>
public sealed class TrialTableTests
{
    private const string Spec = """
        {"seeds": [1, 2], "datasets": ["dtd", "eurosat"], "arms": [
            {"method": "zero-shot"},
            {"method": "coop", "learningRate": [0.002, 0.01]},
            {"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": [64, 128]}]}
        """;

    [Fact]
    public void Seeds_are_one_trial_and_each_setting_with_several_values_is_an_axis()
    {
        var table = TrialTable.Of(Runs(Spec), "dtd");

        Assert.Subset(table.Axes.ToHashSet(), (HashSet<string>)["method", "scorer", "tTarget", "learningRate"]);
        Assert.DoesNotContain("seed", table.Axes);
        Assert.Equal(7, table.Trials.Length);
        Assert.All(table.Trials.Where(trial => trial.Label != "zero-shot"), trial => Assert.Equal(2, trial.Seeds));
        var best = table.Trials[0];
        Assert.Equal(table.Trials.Max(trial => trial.Validation), best.Validation);
        Assert.Equal("adapt l2-norm T=128", best.Label);
        Assert.Equal(["adapt", "l2-norm", "128"], ((string[])["method", "scorer", "tTarget"]).Select(axis => Value(table, best, axis)));
        Assert.Equal([null, null], table.Trials.Where(trial => trial.Label.StartsWith("coop", StringComparison.Ordinal))
            .Select(trial => Value(table, trial, "tTarget")));
    }

    [Fact]
    public void Arms_that_would_have_one_name_are_told_apart_by_what_differs() =>
        Assert.Equal(["coop (learningRate=0.002)", "coop (learningRate=0.01)"], TrialTable.Of(Runs(Spec), "dtd").Trials
            .Select(trial => trial.Label).Where(label => label.StartsWith("coop", StringComparison.Ordinal)).Order(StringComparer.Ordinal));

    [Fact]
    public void A_setting_that_one_arm_leaves_at_its_default_is_named() =>
        Assert.Equal(["lamm (parameterWeight=0.5)", "lamm (parameterWeight=default)"], TrialTable.Of(Runs("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [
                {"method": "lamm"}, {"method": "lamm", "label": "other", "lamm": {"parameterWeight": 0.5}}]}
            """), "dtd").Trials.Select(trial => trial.Label).Order(StringComparer.Ordinal));

    [Fact]
    public void Settings_of_two_methods_with_one_short_name_are_axes_with_whole_names() =>
        Assert.Equal(["train.coop.contextLength", "train.prograd.contextLength"], TrialTable.Of(Runs("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [
                {"method": "coop", "coop": {"contextLength": [4, 8]}}, {"method": "prograd", "prograd": {"contextLength": [4, 8]}}]}
            """), "dtd").Axes.Where(axis => axis.EndsWith("contextLength", StringComparison.Ordinal)));

    [Fact]
    public void Jobs_without_a_result_and_jobs_on_other_data_sets_take_no_part()
    {
        var runs = Runs(Spec);
        Assert.Empty(TrialTable.Of(runs.Select(run => run with { Result = null }), "dtd").Trials);
        Assert.Empty(TrialTable.Of(runs, "food101").Trials);
        Assert.Single(TrialTable.Of([runs[0], runs[^1]], runs[0].Definition.Dataset.Name).Trials);
    }

    private static string? Value(TrialTable table, Trial trial, string axis) => trial.Values[Array.IndexOf(table.Axes, axis)];

    /// <summary>All jobs with results; a later group of the plan has a better one.</summary>
    private static JobRun[] Runs(string spec)
    {
        var plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("eurosat", 10)), spec);
        return
        [
            .. plan.Positions.Select(position => new JobRun
            {
                Job = JobIdentity.Of(plan, position),
                Definition = plan.Definition(position),
                State = JobState.Completed,
                Attempts = 1,
                Result = Samples.Result(1, validationCorrect: 10 + (position.Value % 89)),
            }),
        ];
    }
}
