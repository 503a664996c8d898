using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Specs;
using CsCheck;

namespace AdaptCluster.Sweeps.Tests.Specs;

public sealed class SpecSourceTests
{
    private const string Strict = """
        {"name": "mine", "shots": 4, "seeds": [1, 2], "datasets": ["tiny-kinds", {"name": "clothes", "format": "folder", "path": "c"}],
         "train": {"epochs": 3, "learningRate": 0.001},
         "arms": [{"method": "zero-shot"}, {"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": 384}]}
        """;

    private const string Commented = """
        // What each row is for.
        {
          "name": "mine", /* not yours */ "shots": 4,
          "seeds": [1, 2,],
          "datasets": ["tiny-kinds", {"name": "clothes", "format": "folder", "path": "c"}],
          "train": {"epochs": 3, "learningRate": 0.001},
          "arms": [
            {"method": "zero-shot"},
            // {"method": "coop"},
            {"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": 384},
          ],
        }
        """;

    private const string Yaml = """
        # What each row is for.
        name: mine
        shots: 4
        seeds: [1, 2]
        datasets:
          - tiny-kinds
          - {name: clothes, format: folder, path: c}
        train: &usual
          epochs: 3
          learningRate: 1.0e-3
        arms:
          - method: zero-shot
          - method: adapt
            scorer: [snip, l2-norm]
            tTarget: 384
        """;

    private static readonly FixedCatalog Catalog = new(("tiny-kinds", 10), ("clothes", 5));

    [Theory]
    [InlineData("mine.json", Commented)]
    [InlineData("mine.jsonc", Commented)]
    [InlineData("spec", Commented)]
    [InlineData("mine.yaml", Yaml)]
    [InlineData("mine.yml", Yaml)]
    [InlineData("/dev/stdin", Yaml)]
    [InlineData("mine.yaml", Strict)]
    public void The_same_spec_is_the_same_jobs_however_it_is_written(string source, string text)
    {
        string[] Jobs(string spec, string name)
        {
            var plan = KnownMethods.Plan(Catalog, spec, name);
            return [JobIdentity.Of(plan).Value, .. plan.Positions.Select(position => JobIdentity.Of(plan, position).Value)];
        }

        Assert.Equal(Jobs(Strict, "mine.json"), Jobs(text, source));
    }

    [Fact]
    public void The_yaml_in_the_docs_is_a_spec()
    {
        var docs = File.ReadAllText(Repository.At("docs", "users", "spec.md"));
        var yaml = docs.Split("```yaml\n")[1].Split("```")[0];

        Assert.Equal(["Zero-shot", "Adapt (adaptive T)"], KnownMethods.Parse(yaml, "mine.yaml").Arms.Select(arm => arm.Label));
    }

    [Fact]
    public void Strict_json_is_kept_as_it_is_and_everything_else_as_json_that_every_reader_takes()
    {
        Assert.Equal(Strict, KnownMethods.Parse(Strict, "mine.json").Json);
        foreach (var (text, name) in new[] { (Commented, "mine.json"), (Yaml, "mine.yaml") })
        {
            var json = KnownMethods.Parse(text, name).Json;
            using var document = System.Text.Json.JsonDocument.Parse(json);
            Assert.Equal(json, KnownMethods.Parse(json, "again.json").Json);
        }
    }

    [Theory]
    [InlineData("name: mine\ndatasets: [a]\narms:\n  - method: adept\n",
        "line 4: $.arms[0].method: unknown value 'adept'; did you mean 'adapt'?")]
    [InlineData("datasets: [a]\narms:\n- method: adapt\n  tTarget: 8\n  lr: 0.1\n",
        "line 5: $.arms[0]: unknown key 'lr'; did you mean 'learningRate'?")]
    [InlineData("datasets: [a]\ntrain:\n  epochs: yes\narms: [{method: zero-shot}]\n",
        "line 3: $.train.epochs: found \"yes\"; write a whole number.")]
    [InlineData("datasets: [a]\narms:\n- method: adapt\n",
        "line 3: $.arms[0]: 'tTarget' is missing; add a number, a list, or {\"adaptive\": [...]}.")]
    [InlineData("datasets: [a]\nshots: 4\ntrain: {}\nshots: 8\narms: [{method: zero-shot}]\n",
        "line 4: $: 'shots' is written twice, first on line 2; remove one of them.")]
    [InlineData("datasets: [a]\narms:\n\t- method: zero-shot\n",
        "line 3, column 1: not valid YAML: the line is indented with a tab; use spaces.")]
    [InlineData("datasets: [a\narms: [{method: zero-shot}]\n",
        "line 1, column 11: not valid YAML: the text cannot be read from here on; is a bracket or quote missing?")]
    [InlineData("datasets: [a]\narms: *rows\n", "line 2, column 7: not valid YAML: there is no anchor &rows before this alias.")]
    [InlineData("datasets: [a]\narms: !!python/object [1]\n", "line 2, column 7: not valid YAML: the tag ")]
    [InlineData("datasets: [a]\n---\ndatasets: [b]\n",
        "line 2, column 1: not valid YAML: a second document starts here; write only one spec per file.")]
    [InlineData("? [a]\n: b\n", "line 1, column 3: not valid YAML: a key is a list or an object; write a string.")]
    [InlineData("datasets: [tiny-kinds]\narms:\n  - method: adapt\n    tTarget: {adaptive: [8], from: 1}\n",
        "line 4: $.arms[0].tTarget: 'adaptive' cannot be combined with a range;")]
    [InlineData("", "the text is empty; write a spec.")]
    [InlineData("# nothing\n", "the text is empty; write a spec.")]
    public void A_refused_yaml_spec_says_the_line(string text, string expected) =>
        Assert.StartsWith($"bad.yaml: {expected}",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(text, "bad.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void What_the_planner_refuses_says_the_line_too() => Assert.StartsWith(
        "bad.yaml: line 4: $.arms[1].tTarget: T_target ", Assert.Throws<InvalidInputException>(() => KnownMethods.Plan(Catalog,
            "datasets: [tiny-kinds]\narms:\n- method: zero-shot\n- {method: adapt, tTarget: 100000}\n", "bad.yaml")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Anchors_aliases_and_merge_keys_stand_for_what_they_name()
    {
        var spec = KnownMethods.Parse("""
            datasets: [a]
            arms:
              - &adapt {method: adapt, tTarget: 8, epochs: 2, label: a}
              - {<<: *adapt, epochs: 5, label: b}
              - <<: [{epochs: 7}, *adapt]
                label: c
            """, "mine.yaml");

        Assert.Equal([2, 5, 7], spec.Arms.Select(arm => arm.Choices[0].Train!.Epochs));
    }

    [Theory]
    [InlineData("12", 12)]
    [InlineData("+12", 12)]
    [InlineData("012", 12)]
    [InlineData("0x0c", 12)]
    [InlineData("0o14", 12)]
    [InlineData("1.2e1", 12)]
    [InlineData("12.", 12)]
    public void A_number_of_yaml_is_the_number_of_json(string text, int value) =>
        Assert.Equal(value, KnownMethods.Parse($"shots: {text}\ndatasets: [a]\narms: [{{method: zero-shot}}]", "a.yaml").Shots);

    [Fact]
    public void Aliases_that_stand_for_billions_of_values_are_refused_at_once()
    {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n" + string.Concat(Enumerable.Range(1, 12).Select(i =>
            $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n"));

        Assert.Contains("expands to more than 200000 values; use fewer aliases",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(bomb, "bomb.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_lengthytext_that_stands_in_many_places_is_refused_before_it_is_copied()
    {
        var key = $"? {new string('k', 300_000)}\n: [{string.Join(", ", Enumerable.Repeat('1', 100_000))}]\n";
        var alias = $"a: &a {new string('x', 300_000)}\nb: [{string.Join(", ", Enumerable.Repeat("*a", 100_000))}]\n";
        foreach (var bomb in (string[])[key, alias])
            Assert.Contains("expands to more than 16777216 characters; use shorter keys and fewer aliases",
                Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(bomb, "bomb.yaml")).Message, StringComparison.Ordinal);
        var lengthy = $"# {new string('x', 1 << 20)}\nshots: 4\n";
        Assert.StartsWith("long.yaml: the spec is longer than 1048576 bytes",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(lengthy, "long.yaml")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_in_quotes_is_a_text() => Assert.Equal("bad.yaml: line 1: $.shots: found \"4\"; write a whole number.",
        Assert.Throws<InvalidInputException>(() =>
            KnownMethods.Parse("shots: '4'\ndatasets: [a]\narms: [{method: zero-shot}]", "bad.yaml")).Message);

    [Fact]
    public void A_value_of_a_yaml_spec_is_changed_from_the_command_line()
    {
        var changed = SpecEdit.Apply(Yaml, ["train.epochs=9", "arms[1].tTarget=390"], "mine.yaml");

        var spec = KnownMethods.Parse(changed, "mine.yaml");
        Assert.Equal("mine", spec.Name);
        Assert.Equal((9, 390), (spec.Arms[1].Choices[0].Train!.Epochs, spec.Arms[1].Choices[0].TTarget));
    }

    [Fact]
    public void A_key_that_is_written_twice_shows_both_lines()
    {
        const string text = """
            {
              "datasets": ["a"],
              // The first of two.
              "train": {"epochs": 2,
                        "batchSize": 4,
                        "epochs": 3},
              "arms": [{"method": "zero-shot"}]
            }
            """;

        Assert.Equal("bad.json: line 6: $.train: 'epochs' is written twice, first on line 4; remove one of them.",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(text, "bad.json")).Message);
        Assert.Equal("bad.json: line 1: $.arms[1].adapt: 'pruneRate' is written twice, first on line 1; remove one of them.",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(
                """{"arms": [{}, {"x": [1, {}], "adapt": {"pruneRate": 1, "pruneRate": 2}}]}""", "bad.json")).Message);
    }

    [Theory]
    [InlineData("""{"lr": 1}""", "$: unknown key 'lr'; 'learningRate' belongs in \"train\" or in an arm.")]
    [InlineData("""{"learning_rate": 1}""", "$: unknown key 'learning_rate'; 'learningRate' belongs in \"train\" or in an arm.")]
    [InlineData("""{"epochs": 1}""", "$: unknown key 'epochs'; 'epochs' belongs in \"train\" or in an arm.")]
    [InlineData("""{"method": "coop"}""", "$: unknown key 'method'; 'method' belongs in an arm.")]
    [InlineData("""{"dataset": ["a"]}""", "$: unknown key 'dataset'; did you mean 'datasets'?")]
    [InlineData("""{"model": "b"}""", "$: unknown key 'model'; did you mean 'backbone'?")]
    [InlineData("""{"seed": 1}""", "$: unknown key 'seed'; did you mean 'seeds'?")]
    [InlineData("""{"num_shots": 1}""", "$: unknown key 'num_shots'; did you mean 'shots'?")]
    [InlineData("""{"train": {"batch_size": 1}}""", "$.train: unknown key 'batch_size'; did you mean 'batchSize'?")]
    [InlineData("""{"train": {"lr": 1}}""", "$.train: unknown key 'lr'; did you mean 'learningRate'?")]
    [InlineData("""{"train": {"max_epoch": 1}}""", "$.train: unknown key 'max_epoch'; did you mean 'epochs'?")]
    [InlineData("""{"train": {"tTarget": 1}}""", "$.train: unknown key 'tTarget'; 'tTarget' belongs in an arm.")]
    [InlineData("""{"train": {"maxContextLength": 1}}""",
        "$.train: unknown key 'maxContextLength'; 'maxContextLength' belongs in \"adapt\".")]
    [InlineData("""{"train": {"coop": {"n_ctx": 1}}}""", "$.train.coop: unknown key 'n_ctx'; did you mean 'contextLength'?")]
    [InlineData("""{"train": {"adapt": {"N_CTX": 1}}}""", "$.train.adapt: unknown key 'N_CTX'; did you mean 'maxContextLength'?")]
    [InlineData("""{"train": {"n_ctx": 1}}""", "$.train: unknown key 'n_ctx'; 'contextLength' belongs in \"coop\", \"plot\", "
        + "\"maple\" or \"prograd\", 'maxContextLength' in \"adapt\".")]
    [InlineData("""{"train": {"zebra": 1}}""", "$.train: unknown key 'zebra'; known: epochs, batchSize, ")]
    public void A_habit_of_another_tool_gets_its_key_named(string text, string expected)
    {
        var spec = System.Text.Json.Nodes.JsonNode.Parse("""{"datasets": ["a"], "arms": [{"method": "zero-shot"}]}""")!.AsObject();
        foreach (var (key, value) in System.Text.Json.Nodes.JsonNode.Parse(text)!.AsObject()) spec[key] = value!.DeepClone();

        Assert.StartsWith($"bad.json: {expected}",
            Assert.Throws<InvalidInputException>(() => KnownMethods.Parse(spec.ToJsonString(), "bad.json")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Any_yaml_is_a_spec_or_refused_in_one_printable_line()
    {
        string[] parts =
        [
            "a", ": ", "\n", "  ", "- ", "&x ", "*x", "!!str ", "!t ", "[", "]", "{", "}", ", ", "'", "\"", "\\xZZ", "\\ud800",
            "\"\\U00110000\"", "|\n", "> ", "? ", "<<: ", "---\n", "...\n", "%YAML 1.2\n", "#", "\t", "1e400", ".inf", "~",
            "datasets: [a]\n", "arms: [{method: zero-shot}]\n", "\u0085", "\ud800", "\0",
        ];
        Gen.OneOf<string>(Gen.Int[0, parts.Length - 1].Select(i => parts[i]), Gen.String[0, 2]).Array[0, 14]
            .Select(string.Concat).Sample(text =>
            {
                try
                {
                    KnownMethods.Parse(text, "bad.yaml");
                }
                catch (InvalidInputException e)
                {
                    Assert.StartsWith("bad.yaml: ", e.Message, StringComparison.Ordinal);
                    Assert.DoesNotContain(e.Message, char.IsControl);
                }
            }, iter: 6_000, threads: 1);
    }
}
