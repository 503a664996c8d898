using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Specs;
using CsCheck;

namespace AdaptCluster.Sweeps.Tests.Specs;

public sealed class HostileSpecTests
{
    private static readonly string[] Valid =
    [
        """{"name": "t", "datasets": ["a", {"name": "b", "format": "folder", "path": "c", "template": "a {}."}], "arms": [{"method": "zero-shot", "label": "x"}]}""",
        """{"shots": 4, "seeds": [0, 1], "datasets": ["a"], "train": {"epochs": 3, "adapt": {"pruneRate": 2}}, "arms": [{"method": "adapt", "tTarget": {"adaptive": [8, 16]}}]}""",
        """{"datasets": ["a"], "arms": [{"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": [12, 16], "learningRate": [0.1, 1e-3], "adapt": {"fitSchedule": [true, false]}}]}""",
    ];

    private static readonly string[] Fragments =
    [
        "null", "true", "{}", "[]", "\"\"", "-0", "-1", "4.0", "2e0", "1e400", "1e-400", "1e300",
        "123456789012345678901234567890123456789", "0.1e1",
        "\"\\ud800\"", "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"a\\n\"", "{\"\\ud800\": 1}", "{\"a\": 1, \"a\": 2}", "[[[[]]]]", "\ud800",
        "\u0085", "\"/if\"", "\"~1~0\"",
        "{\"0\": {\"/if/then\": []}}", ",", ":", "}", "]", "\"", "$ref", "method", "adapt", "tTarget", "adaptive", "datasets", "arms",
        "label", "[1, 1.0]", "[2147483648]",
    ];

    private static readonly Gen<string> Mutated = Gen.Select(
        Among(Valid),
        Gen.Select(Gen.Int[0, 400], Gen.Int[0, 12], Either(Among(Fragments), Gen.String[0, 3])).Array[1, 4]).Select((text, changes) =>
    {
        foreach (var (start, length, replacement) in changes)
        {
            var from = start % (text.Length + 1);
            text = string.Concat(text.AsSpan(0, from), replacement, text.AsSpan(Math.Min(text.Length, from + length)));
        }
        return text;
    });

    // Whole values in the place of whole values: far more of these stay JSON.
    private static readonly Gen<string> Swapped = Gen.Select(Among(Valid), Gen.Int[0, 60], Among(Fragments)).Select((text, place, value) =>
    {
        var values = System.Text.RegularExpressions.Regex.Matches(text, """("[^"]*"|[0-9.e-]+|true|false)""");
        var found = values[place % values.Count];
        return string.Concat(text.AsSpan(0, found.Index), value, text.AsSpan(found.Index + found.Length));
    });

    private static readonly Gen<string> Json = Gen.Recursive<string>((depth, json) => depth > 4 ? Among(Fragments) : Either(
        Among(Fragments),
        json.Array[0, 4].Select(items => $"[{string.Join(',', items)}]"),
        Gen.Select(Among("name", "datasets", "arms", "method", "tTarget", "adaptive", "train", "adapt", "epochs", "seeds", "\\ud800",
            "a\\nb"), json).Array[0, 4]
            .Select(members => $$"""{{{string.Join(',', members.Select(m => $"\"{m.Item1}\":{m.Item2}"))}}}""")));

    private static readonly Gen<string> Texts = Either(Mutated, Mutated, Mutated, Swapped, Swapped, Swapped, Json, Json, Gen.String);

    [Fact]
    public void Any_text_is_a_spec_or_refused_in_one_printable_line() => Texts.Sample(text =>
    {
        try
        {
            KnownMethods.Parse(text, "bad.json");
        }
        catch (InvalidInputException e)
        {
            Assert.StartsWith("bad.json: ", e.Message, StringComparison.Ordinal);
            RequireOneSentence(e.Message);
        }
    }, iter: 6_000, threads: 1);

    [Fact]
    public void Any_assignment_to_any_text_gives_a_text_or_is_refused_in_one_printable_line() => Gen.Select(
        Texts,
        Gen.Select(Either(Among("name", "arms[0].tTarget", "train.epochs", "$", "seeds[0]", "a.b", ""), Gen.String[0, 4]),
            Either(Among(Fragments), Json, Gen.String[0, 4]))
            .Select((path, value) => $"{path}={value}").Array[1, 3]).Sample((text, assignments) =>
    {
        try
        {
            KnownMethods.Parse(SpecEdit.Apply(text, assignments), "bad.json");
        }
        catch (InvalidInputException e)
        {
            RequireOneSentence(e.Message);
        }
    }, iter: 6_000, threads: 1);

    private static Gen<string> Among(params string[] texts) => Gen.OneOf<string>(texts);

    private static Gen<string> Either(params IGen<string>[] texts) => Gen.OneOf<string>(texts);

    private static void RequireOneSentence(string message)
    {
        Assert.DoesNotContain(message, char.IsControl);
        Assert.True(PrintableText.IsWhole(message), message);
        Assert.False(message.EndsWith("?.", StringComparison.Ordinal) || message.EndsWith("..", StringComparison.Ordinal), message);
    }
}
