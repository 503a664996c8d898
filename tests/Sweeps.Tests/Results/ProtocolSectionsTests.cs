using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Sweeps.Tests.Results;

/// <summary>One training, several evaluations: what a spec asks for, and the tables of it.</summary>
public sealed class ProtocolSectionsTests
{
    private const string BaseToNew = """
        {"seeds": [1, 2], "evaluate": ["base", "new"],
         "datasets": [{"name": "dtd", "classes": "base"}, {"name": "eurosat", "classes": "base"}],
         "arms": [{"method": "zero-shot"}, {"method": "coop"}, {"method": "lamm"}]}
        """;

    [Fact]
    public void A_job_on_the_base_half_is_evaluated_on_the_new_half_and_its_own_test_is_the_base_halfs()
    {
        var plan = Plan(BaseToNew);

        var coOp = plan.Groups.First(group => group.Definition.Method == "coop").Definition;
        Assert.Equal("base", coOp.Dataset.Classes);
        var target = Assert.Single(coOp.Evaluate!.Targets);
        Assert.Equal(("new", "dtd", "new"), (target.Name, target.Dataset.Name, target.Dataset.Classes));
        // A trained method keeps the text that it was trained with.
        Assert.Null(target.Dataset.Template);
        Assert.Equal("coop · dtd base", JobNames.DescribeGroup(coOp));
    }

    [Fact]
    public void A_method_that_trains_something_for_each_class_says_so_and_has_no_number()
    {
        var plan = Plan(BaseToNew);

        Assert.All(plan.Groups.Where(group => group.Definition.Method == "lamm"), group => Assert.Null(group.Definition.Evaluate));
        Assert.Equal(2, plan.Warnings.Count(warning => warning.Code == Planner.UnseenClasses && warning.Path == "$.arms[2]"));
        var sections = ResultSections.Of(plan, Runs(plan))!;
        Assert.All(sections[1..].SelectMany(section => section.Rows[2].Cells),
            cell => Assert.Equal((true, null), (cell.Refused, cell.Value)));
        Assert.All(sections[1..], section => Assert.Null(section.Rows[2].Average));
        Assert.NotNull(sections[0].Rows[2].Average);
        Assert.Contains(ResultSections.RefusedNote, ResultSections.Notes(sections));
    }

    [Fact]
    public void The_harmonic_mean_is_of_the_means_over_seeds_and_the_averages_is_of_the_averages()
    {
        var plan = Plan(BaseToNew);

        var sections = ResultSections.Of(plan, Runs(plan))!;

        Assert.Equal(["Base", "New", "H"], sections.Select(section => section.Title));
        Assert.All(sections, section => Assert.Equal(["dtd", "eurosat"], section.Columns));
        // dtd: base 80 and 90, new 40 and 60 of 100; eurosat: base 60 twice, new 20 and 40.
        Assert.Equal([85.0, 60.0], sections[0].Rows[1].Cells.Select(cell => cell.Value!.Value));
        Assert.Equal([50.0, 30.0], sections[1].Rows[1].Cells.Select(cell => cell.Value!.Value));
        Assert.Equal([2 * 85.0 * 50 / 135, 40.0], sections[2].Rows[1].Cells.Select(cell => cell.Value!.Value));
        Assert.Equal((72.5, 40.0), (sections[0].Rows[1].Average!.Value, sections[1].Rows[1].Average!.Value));
        Assert.Equal(2 * 72.5 * 40 / 112.5, sections[2].Rows[1].Average!.Value);
        Assert.True(sections[2].Rows[1].Average > sections[2].Rows[1].Cells.Average(cell => cell.Value!.Value) - 1e-9);
        Assert.Contains(ResultSections.HarmonicNote, ResultSections.Notes(sections));
    }

    [Fact]
    public void Nothing_is_averaged_before_all_runs_are_there()
    {
        var plan = Plan(BaseToNew);
        var runs = new RunTable(plan.JobCount);
        var first = plan.Positions.First(position => plan.Definition(position).Method == "coop");
        runs.Add(first, Result(plan.Definition(first)));

        var sections = ResultSections.Of(plan, runs)!;

        Assert.Equal((false, 40.0), (sections[1].Rows[1].Cells[0].Complete, sections[1].Rows[1].Cells[0].Value!.Value));
        Assert.Equal((false, null), (sections[2].Rows[1].Cells[0].Complete, sections[2].Rows[1].Cells[0].Value));
        Assert.All(sections, section => Assert.Null(section.Rows[1].Average));
    }

    [Fact]
    public void A_job_is_evaluated_on_other_data_sets_whose_average_leaves_the_source_out()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": ["dtd"], "evaluate": ["dtd", "eurosat", {"name": "pets", "template": "a {}."}],
             "arms": [{"method": "zero-shot"}, {"method": "coop"}]}
            """);
        var runs = new RunTable(plan.JobCount);
        foreach (var position in plan.Positions)
        {
            runs.Add(position, Samples.Result(90) with { Targets = [new("eurosat", 30, 100), new("pets", 10, 20)] });
        }

        var definition = plan.Groups[1].Definition;
        Assert.Equal(["eurosat", "pets"], definition.Evaluate!.Targets.Select(target => target.Name));
        Assert.Equal([null, "a {}."], definition.Evaluate.Targets.Select(target => target.Dataset.Template));
        var section = Assert.Single(ResultSections.Of(plan, runs)!);
        Assert.Equal(("Trained on dtd", "dtd eurosat pets"), (section.Title, string.Join(' ', section.Columns)));
        Assert.Equal([90.0, 30.0, 50.0], section.Rows[1].Cells.Select(cell => cell.Value!.Value));
        Assert.Equal(40.0, section.Rows[1].Average);
        Assert.Contains(ResultSections.TransferNote, ResultSections.Notes([section]));
    }

    [Fact]
    public void The_whole_of_a_data_set_that_was_trained_on_by_half_is_a_column_beside_that_half()
    {
        var plan = Plan("""
            {"seeds": [1], "datasets": [{"name": "dtd", "classes": "base"}], "evaluate": ["dtd", "eurosat"], "arms": [{"method": "coop"}]}
            """);
        var runs = new RunTable(plan.JobCount);
        runs.Add(plan.Positions.Single(), Samples.Result(90) with { Targets = [new("dtd", 60, 100), new("eurosat", 30, 100)] });

        var section = Assert.Single(ResultSections.Of(plan, runs)!);
        Assert.Equal("dtd base, dtd, eurosat", string.Join(", ", section.Columns));
        Assert.Equal([90.0, 60.0, 30.0], section.Rows[0].Cells.Select(cell => cell.Value!.Value));
    }

    [Fact]
    public void What_is_evaluated_belongs_to_a_jobs_id_with_its_contents_and_nothing_changes_without()
    {
        const string spec = """{"seeds": [1], "datasets": ["dtd"], "evaluate": ["eurosat"], "arms": [{"method": "coop"}]}""";
        var none = Plan("""{"seeds": [1], "datasets": ["dtd"], "arms": [{"method": "coop"}]}""");

        Assert.Null(none.Evaluate);
        Assert.Null(ResultSections.Of(none, new RunTable(none.JobCount)));
        Assert.Empty(ResultSections.Notes(null));
        Assert.NotEqual(JobIdentity.Of(none, new JobPosition(0)), JobIdentity.Of(Plan(spec), new JobPosition(0)));
        Assert.NotEqual(JobIdentity.Of(Plan(spec), new JobPosition(0)),
            JobIdentity.Of(Plan(spec.Replace("eurosat", "pets", StringComparison.Ordinal)), new JobPosition(0)));
        // Equal definitions are one group, however many rows name them.
        Assert.Single(Plan(spec.Replace("""{"method": "coop"}""", """{"method": "coop"}, {"method": "coop", "label": "again"}""",
            StringComparison.Ordinal)).Groups);
    }

    [Theory]
    [InlineData("""{"datasets": ["dtd"], "evaluate": ["new"], "arms": [{"method": "coop"}]}""",
        "$.evaluate[0]: data set 'dtd' is used with all of its classes; give it \"classes\": \"base\", or remove 'new'.")]
    [InlineData("""{"datasets": ["dtd"], "evaluate": ["pets", "pets"], "arms": [{"method": "coop"}]}""",
        "$.evaluate[1]: 'pets' is listed twice; list it once.")]
    [InlineData(
        """{"datasets": ["dtd"], "evaluate": [{"name": "dtd", "format": "folder", "path": "x"}], "arms": [{"method": "coop"}]}""",
        "$.evaluate[0]: $.datasets[0] is a different data set with the name 'dtd'; rename one of them.")]
    [InlineData("""{"datasets": ["dtd"], "evaluate": ["cats"], "arms": [{"method": "coop"}]}""",
        "$.evaluate[0]: data set 'cats' is unknown.")]
    [InlineData("""{"datasets": ["dtd"], "evaluate": [], "arms": [{"method": "coop"}]}""",
        "$.evaluate: the list is empty; give it at least one value.")]
    [InlineData("""{"datasets": [{"name": "dtd", "classes": "bass"}], "arms": [{"method": "coop"}]}""",
        "$.datasets[0].classes: unknown value 'bass'; did you mean 'base'?")]
    public void What_is_wrong_with_a_protocol_is_told_with_its_place(string spec, string message) =>
        Assert.Equal($"spec.json: {message}", Assert.Throws<InvalidInputException>(() => Plan(spec)).Message);

    [Fact]
    public void What_is_known_about_a_target_is_told_with_its_place()
    {
        var plan = KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("pets", 37)) { Notes = ["half of it is missing"] },
            """{"datasets": ["dtd"], "evaluate": ["pets"], "arms": [{"method": "zero-shot"}]}""");

        Assert.Contains(new PlanWarning(Planner.DatasetNote, "$.evaluate[0]", "target 'pets': half of it is missing"), plan.Warnings);
    }

    [Fact]
    public void A_fixed_selection_is_another_sweep_of_the_same_jobs()
    {
        const string spec = """{"datasets": ["dtd"], "seeds": [1], "arms": [{"method": "coop"}]}""";
        var (chosen, isFixed) = (Plan(spec), Plan(spec.Replace("{", "{\"selection\": \"fixed\", ", StringComparison.Ordinal)
            .Replace("{\"selection\": \"fixed\", \"method", "{\"method", StringComparison.Ordinal)));

        Assert.Equal(JobIdentity.Of(chosen, new JobPosition(0)), JobIdentity.Of(isFixed, new JobPosition(0)));
        Assert.NotEqual(JobIdentity.Of(chosen), JobIdentity.Of(isFixed));
    }

    private static RunTable Runs(SweepPlan plan)
    {
        var runs = new RunTable(plan.JobCount);
        foreach (var position in plan.Positions) runs.Add(position, Result(plan.Definition(position)));
        return runs;
    }

    private static JobResult Result(JobDefinition job)
    {
        var isFirst = job.Seed == 1;
        var (own, unseen) = job.Dataset.Name == "dtd" ? (isFirst ? 80 : 90, isFirst ? 40 : 60) : (60, isFirst ? 20 : 40);
        return Samples.Result(own) with { Targets = job.Evaluate is null ? null : [new("new", unseen, 100)] };
    }

    private static SweepPlan Plan(string spec) =>
        KnownMethods.Plan(new FixedCatalog(("dtd", 47), ("eurosat", 10), ("pets", 37)), spec);
}
