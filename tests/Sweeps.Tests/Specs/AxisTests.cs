using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Results;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Tests.Specs;

/// <summary>Settings with several values: lists, ranges, and what each data set chooses.</summary>
public sealed class AxisTests
{
    [Fact]
    public void A_range_is_drawn_the_same_for_everyone_and_makes_a_row_for_each_value()
    {
        var arms = Arms("""{"method": "coop", "learningRate": {"from": 1e-4, "to": 1e-2, "scale": "log", "samples": 4}}""");

        // Written down: whoever plans this spec, with whatever version, gets these numbers.
        Assert.Equal(["0.0001186", "0.0001643", "0.0001836", "0.001779"], arms.Select(arm => arm.Axes["learningRate"]));
        Assert.Equal(arms.Select(arm => arm.Axes["learningRate"]), Arms(
            """{"method": "vpt", "momentum": 0.5, "learningRate": {"samples": 4, "scale": "log", "to": 0.01, "from": 0.0001}}""")
            .Select(arm => arm.Axes["learningRate"]));
        Assert.All(arms, arm => Assert.Equal($"CoOp (learningRate={arm.Axes["learningRate"]})", arm.Label));
    }

    [Fact]
    public void More_samples_of_a_range_keep_those_that_there_were() =>
        Assert.Subset(Values(64), Values(8));

    [Fact]
    public void A_logarithmic_range_has_as_many_values_in_each_power_of_ten()
    {
        var values = Values(1000).Select(value => double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)).ToArray();

        Assert.All(values, value => Assert.InRange(value, 1e-4, 1e-2));
        Assert.InRange(values.Count(value => value < 1e-3), 450, 550);
    }

    [Fact]
    public void A_whole_number_stays_one() =>
        Assert.All(Arms("""{"method": "coop", "coop": {"contextLength": {"from": 2, "to": 40, "samples": 9}}}"""),
            arm => Assert.InRange(arm.Choices[0].Train!.CoOp!.ContextLength, 2, 40));

    [Theory]
    [InlineData("""{"method": "coop", "learningRate": {"adaptive": [0.01, 0.002]}}""", "learningRate=0.01 learningRate=0.002")]
    [InlineData("""{"method": "adapt", "tTarget": {"adaptive": [64, 32]}, "scorer": {"adaptive": ["l2-norm", "snip"]}}""",
        "tTarget=32, scorer=l2-norm tTarget=32, scorer=snip tTarget=64, scorer=l2-norm tTarget=64, scorer=snip")]
    [InlineData("""{"method": "coop", "coop": {"contextLength": {"adaptive": {"from": 2, "to": 40, "samples": 2}}}}""",
        "contextLength=15 contextLength=31")]
    public void What_is_adaptive_makes_candidates_of_one_row_those_first_that_are_preferred(string arm, string candidates)
    {
        var row = Assert.Single(Arms(arm));

        Assert.Equal(candidates, string.Join(' ', row.Choices.Select(choice => choice.Values)));
    }

    [Fact]
    public void Each_data_set_takes_the_candidate_that_is_best_by_validation_and_the_table_says_which()
    {
        var plan = Plan("""
            {"seeds": [1, 2], "datasets": ["dtd", "pets"],
             "arms": [{"method": "coop", "precision": ["float32", "tf32"], "learningRate": {"adaptive": [0.01, 0.002]}}]}
            """);
        var runs = new RunTable(plan.JobCount);
        foreach (var position in plan.Positions)
        {
            var job = plan.Definition(position);
            // By test accuracy it would be the other one.
            var isBest = job.Train!.LearningRate == (job.Dataset.Name == "dtd" ? 0.01 : 0.002);
            runs.Add(position, Samples.Result(isBest ? 40 : 90, validationCorrect: isBest ? 80 : 70));
        }

        var row = ResultTable.Rows(plan, runs, ResultAnomalies.None)[0];

        Assert.Equal("CoOp (precision=float32, adaptive learningRate)", row.Label);
        Assert.Equal("precision=float32", $"{row.Axes}");
        Assert.Equal(["learningRate=0.01", "learningRate=0.002"], plan.Datasets.Select(dataset => $"{row.Cells[dataset].Chosen}"));
        Assert.Equal([40.0, 40.0], plan.Datasets.Select(dataset => row.Cells[dataset].Test.Mean!.Value));
        Assert.Contains("\"chosen\":{\"learningRate\":0.002}",
            System.Text.Json.JsonSerializer.Serialize(row, AdaptClusterJson.Compact), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_is_stored_knows_its_axes_when_it_is_read()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": ["dtd"],
             "arms": [{"method": "coop", "precision": ["float32", "tf32"], "learningRate": {"adaptive": [0.01, 0.002]}}]}
            """);

        var read = System.Text.Json.JsonSerializer.Deserialize<Contracts.Planning.SweepPlan>(
            System.Text.Json.JsonSerializer.Serialize(plan, AdaptClusterJson.Compact), AdaptClusterJson.Stored)!;

        Assert.Equal(plan.Rows.Select(row => (row.Name, row.Axes, row.Family)), read.Rows.Select(row => (row.Name, row.Axes, row.Family)));
        Assert.Equal(["learningRate=0.01", "learningRate=0.002"],
            read.Rows[1].Cells[0].Candidates.Select(candidate => $"{candidate.Values}"));
    }

    [Theory]
    [InlineData("""{"method": "coop", "learningRate": {"from": 1e-4, "to": 1e-2}}""",
        "spec.json: $.arms[0].learningRate: 'samples' is missing; write a range as {\"from\": 1e-4, \"to\": 1e-2, \"scale\": "
            + "\"log\", \"samples\": 8}.")]
    [InlineData("""{"method": "coop", "learningRate": {"from": 0.1, "to": 0.01, "samples": 2}}""",
        "spec.json: $.arms[0].learningRate.to: found 0.01; write a number above 'from' (0.1).")]
    [InlineData("""{"method": "coop", "weightDecay": {"from": 0, "to": 0.01, "scale": "log", "samples": 2}}""",
        "spec.json: $.arms[0].weightDecay.from: found 0; a logarithmic scale must start above 0.")]
    [InlineData("""{"method": "coop", "learningRate": {"from": 1e-4, "to": "1e-2", "samples": 2}}""",
        "spec.json: $.arms[0].learningRate.to: found \"1e-2\"; write a number.")]
    [InlineData("""{"method": "coop", "learningRate": {"adaptive": [1e-4], "to": 1e-2}}""",
        "spec.json: $.arms[0].learningRate: 'adaptive' cannot be combined with a range; move the range inside it: "
            + "{\"adaptive\": {\"from\": ...}}.")]
    [InlineData("""{"method": "coop", "learningRate": {"fron": 1e-4}}""",
        "spec.json: $.arms[0].learningRate: unknown key 'fron'; did you mean 'from'?")]
    [InlineData("""{"method": "coop", "precision": {"from": 1, "to": 2}}""",
        "spec.json: $.arms[0].precision: unknown key 'from'; known: adaptive.")]
    [InlineData("""{"method": "coop", "learningRate": {"from": -1, "to": 1e-2, "samples": 2}}""",
        "spec.json: $.arms[0].learningRate.from: found -1; write a number above 0.")]
    [InlineData(
        """{"method": "coop", "learningRate": {"adaptive": {"from": 1e-4, "to": 1e-2, "samples": 500}}, "momentum": {"adaptive": [0.1, 0.2, 0.3]}}""",
        "spec.json: $.arms[0]: the grid has 1464 candidates for each data set, which is more than 1000; shorten its lists.")]
    public void A_range_that_cannot_be_drawn_is_refused_with_its_place(string arm, string message) =>
        Assert.Equal(message, Assert.Throws<InvalidInputException>(() => Arms(arm)).Message);

    [Fact]
    public void A_grid_gives_its_sweep_the_id_that_version_0_1_0_gave_it() =>
        Assert.Equal("t-3e70a862", JobIdentity.Of(Plan("""
            {"name": "t", "seeds": [1], "datasets": ["dtd"], "arms": [{"method": "adapt", "tTarget": [64, 32], "learningRate": [0.01, 0.02]},
             {"method": "adapt", "label": "a", "tTarget": {"adaptive": [32, 16]}}]}
            """, trainer: 4)).Value);

    private static HashSet<string> Values(int samples) =>
        [.. Arms("""{"method": "coop", "learningRate": {"from": 1e-4, "to": 1e-2, "scale": "log", "samples": N}}""".Replace(
            "N", $"{samples}", StringComparison.Ordinal))
            .Select(arm => arm.Axes["learningRate"]!)];

    private static IReadOnlyList<ArmSpec> Arms(string arm) =>
        KnownMethods.Parse("{\"datasets\": [\"dtd\"], \"arms\": [" + arm + "]}").Arms;

    private static Contracts.Planning.SweepPlan Plan(string spec, int trainer = TrainerVersion.Current) =>
        KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("pets", 37)), spec, trainer: trainer);
}
