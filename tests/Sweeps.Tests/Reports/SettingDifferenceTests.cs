using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Reports;

/// <summary>The settings in which compared arms differ.</summary>
public sealed class SettingDifferenceTests
{
    [Fact]
    public void Arms_with_the_same_method_differ_in_every_setting_with_different_values()
    {
        var first = Jobs("""
            {"seeds": [1, 2], "datasets": ["dtd"], "shots": 16, "train": {"adapt": {"prunePeriod": 40}}, "arms": [
                {"method": "adapt", "tTarget": 64}]}
            """);
        var second = Jobs("""
            {"seeds": [1, 2], "datasets": ["dtd"], "shots": 4, "train": {"learningRate": 0.001, "adapt": {"prunePeriod": 40}}, "arms": [
                {"method": "adapt", "tTarget": 64}]}
            """);

        Assert.Equal(["shots: 16 | 4", "learningRate: 0.0025 | 0.001"], Of(first, second));
    }

    [Fact]
    public void Equal_arms_have_no_differences()
    {
        var jobs = Jobs("""{"seeds": [1], "datasets": ["dtd", "eurosat"], "arms": [{"method": "coop"}]}""");

        Assert.Empty(Of(jobs, jobs));
    }

    [Fact]
    public void Several_values_of_an_arm_are_listed_in_order()
    {
        var first = Jobs("""{"seeds": [10, 9, 1], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""");
        var second = Jobs("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""");

        Assert.Equal(["seed: 1, 9, 10 | 1"], Of(first, second));
    }

    [Fact]
    public void A_setting_that_one_arm_leaves_at_its_default_counts() =>
        Assert.Equal(["parameterWeight: - | 0.5"], Of(
            Jobs("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "lamm"}]}"""),
            Jobs("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "lamm", "lamm": {"parameterWeight": 0.5}}]}""")));

    [Fact]
    public void Settings_that_only_another_method_has_do_not_count()
    {
        var differences = Of(
            Jobs("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}]}"""),
            Jobs("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": 64}]}"""));

        Assert.Equal(["method: zero-shot | adapt"], differences);
    }

    private static string[] Of(params JobDefinition[][] arms) => Array.ConvertAll(SettingDifference.Of(arms),
        one => $"{one.Setting}: {string.Join(" | ", one.Values.Select(value => value ?? "-"))}");

    private static JobDefinition[] Jobs(string spec)
    {
        var plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("eurosat", 10)), spec);
        return [.. plan.Positions.Select(plan.Definition)];
    }
}
