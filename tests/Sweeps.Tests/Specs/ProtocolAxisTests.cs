using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Sweeps.Tests.Specs;

/// <summary>Shots and backbones as axes: beside the arms for all of them, or in one.</summary>
public sealed class ProtocolAxisTests
{
    [Fact]
    public void A_list_of_shots_beside_the_arms_makes_a_row_of_each_arm_for_each()
    {
        var plan = Plan("""
            {"shots": [1, 4, 16], "seeds": [1], "datasets": ["dtd"], "train": {"epochs": 50},
             "arms": [{"method": "coop"}, {"method": "zero-shot", "shots": 16}]}
            """);

        Assert.Equal(["CoOp (shots=1)", "CoOp (shots=4)", "CoOp (shots=16)", "Zero-shot"], plan.Rows.Select(row => row.Label));
        Assert.Equal(["shots=1", "shots=4", "shots=16", ""], plan.Rows.Select(row => $"{row.Axes}"));
        Assert.Equal([1, 4, 16, 16], plan.Groups.Select(group => group.Definition.Shots));
        // 47 classes, batches of 32: the epochs are the spec's, and their iterations follow from the shots.
        Assert.Equal([50 * 1, 50 * 5, 50 * 23, 0], plan.Groups.Select(group => group.Iterations));
        Assert.DoesNotContain(plan.Warnings, warning => warning.Code == Planner.EpochsByShots);
        // Jobs of other shots have other images, and never share a step.
        Assert.Equal(3, plan.Groups.Select(group => group.PackGroup).Distinct().Count());
    }

    [Fact]
    public void Accuracy_over_shots_is_a_curve()
    {
        var plan = Plan("""
            {"shots": [16, 1, 4], "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop"}, {"method": "vpt"}]}
            """);
        var runs = new RunTable(plan.JobCount);
        foreach (var position in plan.Positions) runs.Add(position, Samples.Result(50 + plan.Definition(position).Shots));

        var curves = TargetCurves.Of(plan, runs);

        Assert.Equal([("shots", "CoOp"), ("shots", "VPT")], curves.Select(curve => (curve.Axis, curve.Label)));
        Assert.Equal([(1.0, 51.0), (4.0, 54.0), (16.0, 66.0)], curves[0].Points.Select(point => (point.At, point.Test.Mean!.Value)));
    }

    [Fact]
    public void Epochs_that_follow_from_a_list_of_shots_are_told()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop", "shots": [1, 2, 16]}, {"method": "vpt", "shots": [1, 2]}]}
            """);

        Assert.Equal([50, 100, 200], plan.Groups.Take(3).Select(group => group.Definition.Train!.Epochs));
        var warning = Assert.Single(plan.Warnings, warning => warning.Code == Planner.EpochsByShots);
        Assert.Equal(("$.arms[0]", "CoOp trains for 50 epochs with 1 shot, 100 epochs with 2 shots, 200 epochs with 16 shots on 'dtd', "
            + "as in its public code; set \"epochs\" to change this"), (warning.Path, warning.Message));
    }

    [Fact]
    public void A_job_of_a_list_is_the_job_of_the_single_value()
    {
        const string spec = """{"seeds": [1], "shots": 4, "datasets": ["dtd"], "arms": [{"method": "coop"}]}""";
        var (single, listed) = (Plan(spec), Plan(spec.Replace("4,", "[1, 4],", StringComparison.Ordinal)));

        Assert.Equal(JobIdentity.Of(single, new JobPosition(0)), JobIdentity.Of(listed, new JobPosition(1)));
        Assert.Equal("CoOp", single.Rows[0].Label);
    }

    [Fact]
    public void Rows_of_two_backbones_have_jobs_fingerprints_and_percentages_of_their_own()
    {
        var plan = KnownMethods.Plan(new Backbones(), """
            {"backbone": ["small", "large"], "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop"}]}
            """);

        Assert.Equal(["CoOp (backbone=small)", "CoOp (backbone=large)"], plan.Rows.Select(row => row.Label));
        Assert.Equal(["print of small", "print of large"], plan.Positions.Select(plan.BackboneFingerprintOf));
        Assert.Equal("print of large", JobIdentity.Key(plan, new(1))["backbone sha-256"]);
        var runs = new RunTable(plan.JobCount);
        foreach (var position in plan.Positions) runs.Add(position, Samples.Result(50));
        Assert.Equal([10.0, 1.0], ResultTable.Rows(plan, runs, ResultAnomalies.None).Select(row => row.TrainablePercent!.Value));
    }

    [Theory]
    [InlineData("""{"shots": [4, 0], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""",
        "$.shots[1]: found 0; write a number of at least 1.")]
    [InlineData("""{"shots": [], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""",
        "$.shots: the list is empty; give it at least one value.")]
    [InlineData("""{"datasets": ["dtd"], "arms": [{"method": "coop", "shots": {"adaptive": [1, 2]}}]}""",
        "$.arms[0].shots: found an object; write a whole number.")]
    [InlineData("""{"datasets": ["dtd"], "arms": [{"method": "coop", "shots": 1}, {"method": "coop"}]}""",
        "$.arms[1]: two rows have the label 'CoOp' (the other is $.arms[0]); remove one, or give it its own \"label\".")]
    [InlineData("""{"datasets": ["dtd"], "arms": [{"method": "coop", "backbone": "nothing"}]}""",
        "$.arms[0].backbone: backbone 'nothing': no such folder.")]
    public void What_is_wrong_with_them_is_told_with_its_place(string spec, string message) =>
        Assert.Equal($"spec.json: {message}", Assert.Throws<InvalidInputException>(() => Plan(spec)).Message);

    private static SweepPlan Plan(string spec) => KnownMethods.Plan(new FixedCatalog(("dtd", 47)), spec);

    /// <summary>Backbones that differ in their files and sizes.</summary>
    private sealed class Backbones : ICatalog
    {
        private readonly FixedCatalog _rest = new(("dtd", 47));

        public BackboneInfo DescribeBackbone(string name) => _rest.DescribeBackbone(name) with
        {
            Fingerprint = $"print of {name}",
            Parameters = name == "small" ? 100 : 1000,
        };

        public DatasetInfo DescribeDataset(DatasetSource source, int shots) => _rest.DescribeDataset(source, shots);

        public LongestTextInfo DescribeLongestText(string backbone, DatasetSource source) => _rest.DescribeLongestText(backbone, source);
    }
}
