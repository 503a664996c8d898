using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Sweeps.Tests.Planning;

/// <summary>Every job of a sweep has a name of its own in lists, progress lines and notes.</summary>
public sealed class PlannedNamesTests
{
    [Fact]
    public void Jobs_that_differ_only_in_shots_or_a_learning_rate_are_told_apart()
    {
        var plan = Plan("""
            {"shots": [1, 4], "seeds": [1], "datasets": ["dtd"],
             "arms": [{"method": "zero-shot"}, {"method": "coop", "learningRate": [0.002, 0.01]}]}
            """);

        Assert.Equal(
            new HashSet<string>
            {
                "coop (shots=1, learningRate=0.002) · dtd · seed 1", "coop (shots=1, learningRate=0.01) · dtd · seed 1",
                "coop (shots=4, learningRate=0.002) · dtd · seed 1", "coop (shots=4, learningRate=0.01) · dtd · seed 1",
            },
            Names(plan).Where(name => name.StartsWith("coop", StringComparison.Ordinal)).ToHashSet());
    }

    [Fact]
    public void Names_that_are_distinct_stay_short()
    {
        var plan = Plan("""
            {"seeds": [1, 2], "datasets": ["dtd", "eurosat"],
             "arms": [{"method": "coop"}, {"method": "adapt", "tTarget": [128, 64]}, {"method": "lamm", "learningRate": 0.01}]}
            """);

        Assert.All(Names(plan), name => Assert.DoesNotContain('(', name));
    }

    [Fact]
    public void No_two_jobs_of_a_sweep_with_axes_and_protocols_have_the_same_name()
    {
        var plan = Plan("""
            {"shots": [1, 16], "seeds": [1, 2, 3], "datasets": [{"name": "dtd", "classes": "base"}, "eurosat"],
             "arms": [{"method": "coop", "epochs": [20, 50]}, {"method": "adapt", "scorer": "l2-norm", "tTarget": [128, 64],
                       "adapt": {"pruneRate": [4, 8]}}, {"method": "vpt", "learningRate": {"adaptive": [0.002, 0.01]}}]}
            """);

        Assert.Equal(Names(plan).Length, Names(plan).Distinct().Count());
    }

    [Fact]
    public void A_search_finds_a_job_by_a_setting_in_its_name()
    {
        var plan = Plan("""
            {"shots": [1, 4], "seeds": [1, 2], "datasets": ["dtd"], "arms": [{"method": "coop"}]}
            """);

        var found = JobFilter.Positions(plan, new JobQuery { Text = "shots=4" })!;

        Assert.Equal(2, found.Count);
        Assert.All(found, position => Assert.Equal(4, plan.Group(position).Definition.Shots));
    }

    private static string[] Names(SweepPlan plan) =>
        [.. Enumerable.Range(0, plan.JobCount).Select(position => PlannedNames.Of(plan).Job(new JobPosition(position)))];

    private static SweepPlan Plan(string spec) => KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("eurosat", 10)), spec);
}
