using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Specs;

namespace AdaptCluster.Grains.Tests.Specs;

public sealed class SpecEditTests
{
    [Fact]
    public void An_assignment_changes_adds_and_reaches_into_lists()
    {
        var edited = JsonNode.Parse(SpecEdit.Apply("""{"seeds": [1, 2], "arms": [{"method": "adapt"}]}""", ["seeds=[5]", "train.adapt.pruneRate=2", "arms[0].tTarget=12", "name=trial"]))!;

        Assert.Equal("[5]", edited["seeds"]!.ToJsonString());
        Assert.Equal(2, (int)edited["train"]!["adapt"]!["pruneRate"]!);
        Assert.Equal(12, (int)edited["arms"]![0]!["tTarget"]!);
        Assert.Equal("trial", (string?)edited["name"]);
    }

    [Theory]
    [InlineData("epochs")]
    [InlineData("=2")]
    [InlineData("arms[7].tTarget=2")]
    [InlineData("arms.x=2")]
    public void A_path_that_leads_nowhere_is_refused(string assignment)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => SpecEdit.Apply("""{"arms": [{}]}""", [assignment]));

        Assert.StartsWith($"--set {assignment}: ", refusal.Message, StringComparison.Ordinal);
    }
}
