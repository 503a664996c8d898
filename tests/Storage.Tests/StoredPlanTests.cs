using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Storage.Tests;

public sealed class StoredPlanTests
{
    private const string Spec = """
        {"name": "work", "seeds": [1, 2, 3], "datasets": ["dtd"], "arms": [{"method": "zero-shot"}, {"method": "lamm"},
         {"method": "adapt", "tTarget": [128, 64]}, {"method": "adapt", "label": "again", "tTarget": 64, "adapt": {"retrain": true}}]}
        """;

    [Theory]
    [InlineData("", "")]
    [InlineData("\"cost\":", "\"other\":")]
    [InlineData("\"epochs\":100,", "")]
    public void The_work_of_a_plan_is_that_of_its_text_even_where_an_earlier_version_wrote_less(string written, string before)
    {
        var text = StoredPlan.Write(SweepStoreTests.Plan(Spec));
        if (written.Length > 0) text = text.Replace(written, before, StringComparison.Ordinal);
        var plan = StoredPlan.Read("work-01234567", StoredPlan.Format, text);

        var work = StoredPlan.ReadWork("work-01234567", StoredPlan.Format, text);

        Assert.Equal((plan.Seeds.Length, plan.Iterations), (work.Seeds, work.Iterations));
        Assert.Equal(PlannedWork.Of(plan).Groups, work.Groups);
        Assert.Contains(work.Groups, group => group.Epochs == 200);
    }

    /// <summary>A program of the earlier format would skip those settings and compute something else.</summary>
    [Fact]
    public void A_plan_whose_jobs_have_settings_of_their_methods_own_has_a_format_that_earlier_programs_refuse()
    {
        var plan = SweepStoreTests.Plan(Spec);
        var own = plan.Groups[1] with
        {
            Definition = plan.Groups[1].Definition with
            {
                Train = new TrainSettings { Own = new(new System.Text.Json.Nodes.JsonObject()) },
            },
        };

        Assert.Equal((1, 2), (StoredPlan.FormatOf(plan), StoredPlan.FormatOf(plan with { Groups = [.. plan.Groups, own] })));
    }

    [Fact]
    public void A_plan_of_half_the_classes_of_listed_draws_of_targets_or_of_two_backbones_has_one_that_they_refuse_too()
    {
        var plan = SweepStoreTests.Plan(Spec);
        var group = plan.Groups[0];
        var (job, dataset) = (group.Definition, group.Definition.Dataset);
        PlannedGroup[] others =
        [
            group with { Definition = job with { Dataset = dataset with { Classes = "base" } } },
            group with { Definition = job with { Dataset = dataset with { FewShots = "lists" } } },
            group with { Definition = job with { Evaluate = new() { Targets = [] } } },
            group with { BackboneFingerprint = "another" },
        ];

        Assert.All(others, other => Assert.Equal(3, StoredPlan.FormatOf(plan with { Groups = [.. plan.Groups, other] })));
        foreach (var other in others)
        {
            var read = StoredPlan.Read("work-01234567", 3, StoredPlan.Write(plan with { Groups = [other], Rows = [] }));
            Assert.Equal((other.Definition, other.BackboneFingerprint), (read.Groups[0].Definition, read.Groups[0].BackboneFingerprint));
        }
    }

    [Theory]
    [InlineData(StoredPlan.Format + 1, "{}")]
    [InlineData(StoredPlan.Format, "{")]
    [InlineData(StoredPlan.Format, "null")]
    public void The_work_of_a_plan_that_cannot_be_read_is_refused_as_the_plan_is(int format, string text)
    {
        var plan = Assert.Throws<UnreadablePlanException>(() => StoredPlan.Read("work-01234567", format, text));

        var work = Assert.Throws<UnreadablePlanException>(() => StoredPlan.ReadWork("work-01234567", format, text));
        Assert.Equal(plan.Message, work.Message);
    }
}
