using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Tests.Specs;

public sealed class SpecEditTests
{
    [Fact]
    public void An_assignment_changes_adds_and_reaches_into_lists()
    {
        var edited = JsonNode.Parse(SpecEdit.Apply("""{"seeds": [1, 2], "arms": [{"method": "adapt"}]}""",
            ["seeds=[5]", "train.adapt.pruneRate=2", "arms[0].tTarget=12", "name=trial"]))!;

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

    [Theory]
    [InlineData("""{"name": "a", "name": "b", "datasets": ["a"], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"shots": 1e400, "datasets": ["a"], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"\ud800": 1}""")]
    [InlineData("null")]
    [InlineData("{")]
    public void A_spec_that_is_refused_is_refused_in_the_same_words_with_an_assignment(string json)
    {
        string Refusal(string text) => Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(text, "bad.json")).Message;

        Assert.Equal(Refusal(json), Refusal(SpecEdit.Apply(json, ["shots=2"])));
    }

    [Theory]
    [InlineData("train={\"epochs\": 1, \"epochs\": 2}")]
    [InlineData("seeds=[1e400]")]
    [InlineData("name=\"\\ud800\"")]
    [InlineData("a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p.q=1")]
    public void A_value_that_no_spec_can_hold_is_refused_by_its_assignment(string assignment) =>
        Assert.StartsWith("--set ", Assert.Throws<InvalidInputException>(() => SpecEdit.Apply("""{"arms": [{}]}""", [assignment])).Message,
            StringComparison.Ordinal);

    [Fact]
    public void Half_of_a_surrogate_pair_is_refused() =>
        Assert.Contains("half of a surrogate pair", Assert.Throws<InvalidInputException>(() => SpecEdit.Apply("{}", [$"name={'\ud800'}"]))
            .Message, StringComparison.Ordinal);
}
