using AdaptCluster.Web.Submit;

namespace AdaptCluster.Web.Tests;

/// <summary>The line of a spec that an error is about.</summary>
public sealed class SpecPlaceTests
{
    private const string Spec = """
        {
          "backbone": "tiny-clip",
          "arms": [
            { "method": "zero-shot" },
            { "method": "adopt",
              "tTarget": [12, 24] }
          ]
        }
        """;

    [Theory]
    [InlineData("spec: $.arms[1].method: there is no method 'adopt'", 5)]
    [InlineData("spec: $.arms[1].tTarget[1]: too many", 6)]
    [InlineData("spec: $.backbone: found nothing", 2)]
    [InlineData("spec: $.arms[7].method: no such arm", 3)]
    [InlineData("spec: line 4, column 2: no valid JSON", 4)]
    [InlineData("spec.yaml: line 3: $.arms: found nothing", 3)]
    // A line of another file.
    [InlineData("spec: $.datasets[0]: /data/list.csv, line 12: a quote is never closed.", 1)]
    [InlineData("spec: $.arms[1]: /data/list.csv, line 3: a quote is never closed.", 5)]
    public void It_is_found_by_its_number_or_by_a_path_as_far_as_that_leads(string message, int line)
    {
        var place = SpecPlace.Find(Spec, message)!;

        Assert.Equal(line, place.Line);
        Assert.Equal(Spec.Split('\n')[line - 1], place.Excerpt[place.Line - place.First]);
    }

    [Theory]
    [InlineData("the cluster does not answer")]
    [InlineData("line 4000000")]
    [InlineData("line 0")]
    public void A_message_without_a_place_marks_none(string message) => Assert.Null(SpecPlace.Find(Spec, message));

    [Theory]
    [InlineData("not JSON")]
    [InlineData("")]
    [InlineData("{\"a\":")]
    public void A_text_that_is_no_JSON_has_no_line_for_a_path(string text) => Assert.Null(SpecPlace.Find(text, "$.arms[0].method: none"));

    [Fact]
    public void Deep_nesting_and_letters_of_several_bytes_do_no_harm()
    {
        Assert.Null(SpecPlace.Find(new string('[', 5_000), "$[1]: none"));
        Assert.Equal(2, SpecPlace.Find("{ \"ä\": \"😀\",\n  \"name\": 1 }", "$.name: none")!.Line);
    }
}
