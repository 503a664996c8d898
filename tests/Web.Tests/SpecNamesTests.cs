using System.Text.Json.Nodes;
using AdaptCluster.Web.Submit;

namespace AdaptCluster.Web.Tests;

/// <summary>What the form calls a spec.</summary>
public sealed class SpecNamesTests
{
    [Theory]
    [InlineData("mine.json", "{}", false, "spec")]
    [InlineData("mine.yaml", "{ shots: 4 }", false, "spec.yaml")]
    [InlineData("mine.YML", "{ shots: 4 }", false, "spec.yml")]
    [InlineData("mine.yaml", " ", false, "spec")]
    [InlineData("tiny.json", "{}", true, "tiny.json")]
    [InlineData("tiny.json", "", true, "spec")]
    public void A_changed_text_is_no_longer_that_of_a_file_but_stays_YAML_or_that_of_its_sweep(
        string source, string text, bool isOfSweep, string expected) => Assert.Equal(expected, SpecNames.Typed(source, text, isOfSweep));

    [Theory]
    [InlineData("mine.yaml", "{ shots: 4, datasets: [dtd] }")]
    [InlineData("mine.yaml", "\"shots\": 4")]
    [InlineData("mine.json", "{ \"shots\": 4 }")]
    public void A_name_is_given_to_what_is_YAML_by_its_file_alone_too(string source, string text)
    {
        var named = JsonNode.Parse(SpecNames.Give(text, source, " trial "))!;

        Assert.Equal(("trial", 4), ((string?)named["name"], (int)named["shots"]!));
        Assert.Equal(text, SpecNames.Give(text, source, " "));
    }

    [Fact]
    public void The_spec_of_a_sweep_is_called_after_it() => Assert.Equal("tiny.json", SpecNames.OfSweep("tiny"));
}
