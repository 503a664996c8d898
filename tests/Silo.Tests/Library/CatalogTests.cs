using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Silo.Library;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Silo.Tests.Library;

public sealed class CatalogTests : IDisposable
{
    private readonly ScratchLibrary _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void The_longest_text_is_counted_by_the_backbones_tokenizer_in_the_template_of_the_spec()
    {
        _scratch.Fill("photos", 3, "circle", "red_circle");
        var catalog = new Catalog(_scratch.Library);
        var source = new DatasetSource { Name = "p", Format = "folder", Path = "photos", Template = "{} circle" };

        Assert.Equal(new LongestTextInfo("red_circle", 5, 20), catalog.DescribeLongestText("clip", source));
    }

    [Fact]
    public void A_class_whose_name_is_too_long_for_the_backbone_is_refused_when_the_sweep_is_planned()
    {
        var name = string.Concat(Enumerable.Repeat("zqx", 20));
        _scratch.Fill("photos", 3, "circle", name);

        var refusal = Assert.Throws<InvalidInputException>(Plan);

        Assert.StartsWith($"spec.json: $.datasets[0]: the text of class '{name}' takes ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("but backbone 'clip' accepts at most 20; shorten the template or the class's name.", refusal.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Splits_of_this_projects_own_and_classes_with_one_text_are_warned_of()
    {
        _scratch.Fill("photos", 3, "red circle", "red_circle");

        var warnings = Plan().Warnings;

        Assert.All(warnings, warning => Assert.Equal((Planner.DatasetNote, "$.datasets[0]"), (warning.Code, warning.Path)));
        Assert.Contains(warnings, warning => warning.Message.Contains("were split by AdaptCluster", StringComparison.Ordinal));
        Assert.Contains(warnings, warning =>
            warning.Message.Contains("the classes 'red circle', 'red_circle' have the same prompt", StringComparison.Ordinal));
    }

    [Fact]
    public void A_plan_made_after_a_picture_changed_has_another_fingerprint()
    {
        _scratch.Fill("photos", 3, "circle", "square");
        var before = Plan().DatasetFingerprints;
        File.WriteAllBytes(_scratch.At("photos", "circle", "1.png"), ScratchLibrary.Picture("circle 7"));
        ScratchLibrary.Touch(_scratch.At("photos", "circle", "1.png"));

        Assert.NotEqual(before, Plan().DatasetFingerprints);
    }

    private SweepPlan Plan() => KnownMethods.Plan(new Catalog(_scratch.Library),
        """{"backbone": "clip", "shots": 1, "datasets": [{"name": "p", "format": "folder", "path": "photos"}], "arms": [{"method": "zero-shot"}]}""");
}
