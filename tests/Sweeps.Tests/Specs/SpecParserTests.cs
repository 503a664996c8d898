using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Tests.Specs;

public sealed class SpecParserTests
{
    [Fact]
    public void What_a_spec_leaves_out_takes_the_papers_value()
    {
        var spec = KnownMethods.Parse("""{"datasets": ["tiny-kinds"], "arms": [{"method": "adapt", "tTarget": 128}]}""", "some/table1.json");

        Assert.Equal("table1", spec.Name);
        Assert.Equal("clip-vit-base-patch16", spec.Backbone);
        Assert.Equal(16, spec.Shots);
        Assert.Equal([1, 2, 3], spec.Seeds);
        var arm = Assert.Single(spec.Arms);
        Assert.Equal(Scorer.Snip, arm.Choices[0].Scorer);
        Assert.Equal(new TrainSettings(), arm.Choices[0].Train);
        Assert.Equal((100, 4, 0.0025, 1), (arm.Choices[0].Train!.Epochs, arm.Choices[0].Train!.BatchSize,
            arm.Choices[0].Train!.LearningRate,
            arm.Choices[0].Train!.LearningRateWarmupEpochs));
        Assert.Equal((16, 12, 5, 80, 4, true), (arm.Choices[0].Train!.Adapt.MaxContextLength, arm.Choices[0].Train!.Adapt.PromptDepth,
            arm.Choices[0].Train!.Adapt.PruneWarmupEpochs,
            arm.Choices[0].Train!.Adapt.PrunePeriod, arm.Choices[0].Train!.Adapt.PruneRate, arm.Choices[0].Train!.Adapt.FitSchedule));
    }

    [Theory]
    [InlineData("/dev/fd/63")]
    [InlineData("/dev/stdin")]
    [InlineData("/proc/self/fd/11")]
    public void A_spec_from_a_pipe_is_the_same_sweep_whatever_number_the_shell_gives_it(string source) =>
        Assert.Equal("sweep", KnownMethods.Parse("""{"datasets": ["tiny-kinds"], "arms": [{"method": "zero-shot"}]}""", source).Name);

    [Fact]
    public void A_list_in_an_arm_is_a_grid_axis_and_the_arms_values_win()
    {
        var spec = Parse("""
            {"datasets": ["a"], "train": {"epochs": 7, "adapt": {"pruneRate": 2, "prunePeriod": 9}},
             "arms": [{"method": "adapt", "scorer": ["snip", "l2-norm"], "tTarget": [128, 32], "learningRate": [0.1, 0.2], "adapt": {"pruneRate": 3}}]}
            """);

        Assert.Equal(8, spec.Arms.Count);
        Assert.Equal("Adapt (snip, T=128, learningRate=0.1)", spec.Arms[0].Label);
        Assert.Equal("Adapt (l2-norm, T=32, learningRate=0.2)", spec.Arms[^1].Label);
        Assert.All(spec.Arms, arm =>
            Assert.Equal((7, 3, 9), (arm.Choices[0].Train!.Epochs, arm.Choices[0].Train!.Adapt.PruneRate,
                arm.Choices[0].Train!.Adapt.PrunePeriod)));
    }

    [Fact]
    public void Another_method_starts_from_its_public_code_s_settings_the_spec_s_train_wins_over_them_and_the_arm_over_both()
    {
        var spec = Parse("""
            {"datasets": ["a"], "train": {"batchSize": 8, "kgcoop": {"weight": 2}, "prograd": {"lambda": 0.5}},
             "arms": [{"method": "kgcoop"}, {"method": "prograd", "learningRateCurve": "squared-cosine", "prograd": {"temperature": [1, 2]}}, {"method": "lamm", "batchSize": 2}]}
            """);

        Assert.Equal(new TrainSettings { Epochs = 100, BatchSize = 8, LearningRate = 0.002, KgCoOp = new() { Weight = 2 } },
            spec.Arms[0].Choices[0].Train);
        Assert.Equal(["KgCoOp", "ProGrad (temperature=1)", "ProGrad (temperature=2)", "LAMM"], spec.Arms.Select(arm => arm.Label));
        Assert.Equal(new TrainSettings
        {
            Epochs = 200,
            BatchSize = 8,
            LearningRate = 0.002,
            LearningRateCurve = LearningRateCurve.SquaredCosine,
            ProGrad = new() { Lambda = 0.5, Temperature = 2 },
        }, spec.Arms[2].Choices[0].Train);
        Assert.Equal(new TrainSettings { Epochs = 50, BatchSize = 2, LearningRate = 0.002, Lamm = new() }, spec.Arms[3].Choices[0].Train);
    }

    [Fact]
    public void Every_setting_of_every_method_stands_in_the_schema_and_may_be_a_grid_axis()
    {
        foreach (var method in KnownMethods.Trained)
        {
            var descriptor = KnownMethods.All.Find(method);
            var settings = descriptor.PresetJson();
            var part = settings[method]!.AsObject();
            foreach (var (name, value) in part)
            {
                var target = method == MethodNames.Adapt ? "\"tTarget\": 8, " : "";
                var arm = $$"""{"method": "{{method}}", {{target}}"{{method}}": {"{{name}}": [{{value!.ToJsonString()}}] } }""";
                Assert.Equal(settings.ToJsonString(), descriptor.ToJson(
                    Assert.Single(Parse($$"""{"datasets": ["a"], "arms": [{{arm}}]}""").Arms).Choices[0].Train!).ToJsonString());
            }
        }
    }

    [Fact]
    public void An_adaptive_arm_is_one_row_with_its_candidates_from_small_to_large()
    {
        var arm = Assert.Single(Parse("""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": {"adaptive": [64, 16, 32]}}]}""")
            .Arms);

        Assert.Equal(["tTarget"], arm.Adaptive);
        Assert.Equal("Adapt (adaptive T)", arm.Label);
        Assert.Equal([16, 32, 64], arm.Choices.Select(choice => choice.TTarget!.Value));
    }

    [Fact]
    public void Specs_that_are_read_at_the_same_time_do_not_disturb_each_other()
    {
        var accepted = 0;
        Parallel.For(0, 2000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            try
            {
                KnownMethods.Parse(i % 2 == 0 ? """{"datasets": ["a"], "arms": []}"""
                    : """{"datasets": ["a"], "arms": [{"method": "zero-shot"}]}""");
                Interlocked.Increment(ref accepted);
            }
            catch (InvalidInputException)
            {
                // Every other one.
            }
        });

        Assert.Equal(1000, accepted);
    }

    [Theory]
    [InlineData("""{"dataset": ["a"], "arms": [{"method": "zero-shot"}]}""", "$: unknown key 'dataset'; did you mean 'datasets'?")]
    [InlineData("""{"datasets": ["a"]}""", "$: 'arms' is missing; add it")]
    [InlineData("""{"datasets": [], "arms": [{"method": "zero-shot"}]}""", "$.datasets: the list is empty; give it at least one value")]
    [InlineData("""{"datasets": ["a"], "arms": []}""", "$.arms: the list is empty; give it at least one value")]
    [InlineData("""{"datasets": ["a", "a"], "arms": [{"method": "zero-shot"}]}""",
        "$.datasets[1]: data set 'a' is listed twice; list it once")]
    [InlineData("""{"datasets": ["a"], "seeds": [1, 2, 1], "arms": [{"method": "zero-shot"}]}""",
        "$.seeds: a value is listed twice; list it once")]
    [InlineData("""{"datasets": ["a"], "seeds": [], "arms": [{"method": "zero-shot"}]}""",
        "$.seeds: the list is empty; give it at least one value")]
    [InlineData("""{"datasets": ["a"], "seeds": [-1], "arms": [{"method": "zero-shot"}]}""",
        "$.seeds[0]: found -1; write a number of at least 0")]
    [InlineData("""{"datasets": ["a"], "shots": "16", "arms": [{"method": "zero-shot"}]}""", "$.shots: found \"16\"; write a whole number")]
    [InlineData("""{"datasets": ["a"], "shots": 1.5, "arms": [{"method": "zero-shot"}]}""", "$.shots: found 1.5; write a whole number")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adept", "tTarget": 3}]}""",
        "$.arms[0].method: unknown value 'adept'; did you mean 'adapt'?")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": 3, "scorer": ["snap"]}]}""",
        "$.arms[0].scorer[0]: unknown value 'snap'; did you mean 'snip'?")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": []}]}""",
        "$.arms[0].tTarget: the list is empty; give it at least one value")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": 0}]}""",
        "$.arms[0].tTarget: found 0; write a number of at least 1")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": {"adaptve": [3]}}]}""",
        "$.arms[0].tTarget: unknown key 'adaptve'; did you mean 'adaptive'?")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "adapt"}]}""",
        "$.arms[0]: 'tTarget' is missing; add a number, a list, or {\"adaptive\": [...]}")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "vpt", "tTarget": 3}]}""",
        "$.arms[0].tTarget: method 'vpt' has no tTarget; remove it")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "vpt", "vpt": {"token": 3}}]}""",
        "$.arms[0].vpt: unknown key 'token'; did you mean 'tokens'?")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "plot", "plot": {"prompts": 0}}]}""",
        "$.arms[0].plot.prompts: found 0; write a number of at least 1")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "kgcoop", "kgcoop": {"teacherTemplate": "a photo"}}]}""",
        "$.arms[0].kgcoop.teacherTemplate: found \"a photo\"; write a string with one {} for the class name")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "zero-shot", "tTarget": 3}]}""",
        "$.arms[0].tTarget: method 'zero-shot' has no tTarget; remove it")]
    [InlineData("""{"datasets": ["a"], "train": {"adapt": {"pruneRat": 2}}, "arms": [{"method": "zero-shot"}]}""",
        "$.train.adapt: unknown key 'pruneRat'; did you mean 'pruneRate'?")]
    [InlineData("""{"datasets": ["a"], "train": {"learningRate": 0}, "arms": [{"method": "zero-shot"}]}""",
        "$.train.learningRate: found 0; write a number above 0")]
    [InlineData("""{"datasets": ["a"], "train": {"precision": "float16"}, "arms": [{"method": "zero-shot"}]}""",
        "$.train.precision: unknown value 'float16'; did you mean 'bfloat16'?")]
    [InlineData("""{"datasets": [{"name": "a", "template": "a photo"}], "arms": [{"method": "zero-shot"}]}""",
        "$.datasets[0].template: found \"a photo\"; write a string with one {} for the class name")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "zero-shot"}, {"method": "zero-shot"}]}""",
        "$.arms[1]: two rows have the label 'Zero-shot' (the other is $.arms[0]); remove one, or give it its own \"label\"")]
    [InlineData("""["a"]""", "$: found a list; write an object {...}")]
    public void A_refusal_names_the_path_what_was_found_and_what_to_write(string json, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Parse(json));

        Assert.Equal(expected.EndsWith('?') ? $"bad.json: {expected}" : $"bad.json: {expected}.", refusal.Message);
    }

    [Theory]
    [InlineData("4.0", 4)]
    [InlineData("2e0", 2)]
    [InlineData("0.5E1", 5)]
    [InlineData("3.000000000000000000000000000000000000", 3)]
    public void A_whole_number_may_be_written_in_another_form(string text, int value)
    {
        var spec =
            Parse(
                $$"""{"datasets": ["a"], "shots": {{text}}, "seeds": [{{text}}], "arms": [{"method": "adapt", "tTarget": [{{text}}], "batchSize": {{text}}, "adapt": {"pruneRate": {{text}} } }]}""");

        var arm = Assert.Single(spec.Arms);
        Assert.Equal((value, value, value, value, value),
            (spec.Shots, spec.Seeds[0], arm.Choices[0].TTarget, arm.Choices[0].Train!.BatchSize, arm.Choices[0].Train!.Adapt.PruneRate));
        Assert.Equal($"Adapt (T={value})", arm.Label);
    }

    [Theory]
    [InlineData("\"shots\": 1e400", "$.shots: found 1e400, which is too large; write a number with at most 28 digits")]
    [InlineData("\"seeds\": [1, 1e300]", "$.seeds[1]: found 1e300, which is too large; write a number with at most 28 digits")]
    [InlineData("\"seeds\": [1234567890123456789012345678901234567890]",
        "$.seeds[0]: found 1234567890123456789012345678901234567890, which is too large; write a number with at most 28 digits")]
    [InlineData("\"train\": {\"learningRate\": 1e-400}",
        "$.train.learningRate: found 1e-400, which is too close to 0; write 0, or a number of at least 1e-28")]
    [InlineData("\"name\": \"\\ud800\"", "$.name: the text contains half of a surrogate pair, such as \\ud800; write the whole character")]
    [InlineData("\"name\": \"abc\\n\"", "$.name: found \"abc\\n\", which contains a control character; remove it")]
    [InlineData("\"backbone\": \"a\\u0000\"", "$.backbone: found \"a\\u0000\", which contains a control character; remove it")]
    [InlineData("\"a\\nb\": 1", "$: unknown key 'a\\u000ab'; known: ")]
    public void A_value_that_nothing_can_hold_is_refused_with_its_path(string member, string expected)
    {
        var refusal = Assert.Throws<InvalidInputException>(
            () => Parse($$"""{"datasets": ["a"], "arms": [{"method": "zero-shot"}], {{member}}}"""));

        Assert.StartsWith($"bad.json: {expected}", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(refusal.Message, char.IsControl);
    }

    [Theory]
    [InlineData("""{"datasets": ["a\n"], "arms": [{"method": "zero-shot"}]}""", "$.datasets[0]")]
    [InlineData("""{"datasets": [{"name": "a", "template": "a {}\n"}], "arms": [{"method": "zero-shot"}]}""", "$.datasets[0].template")]
    [InlineData("""{"datasets": [{"name": "a", "format": "folder", "path": "a\u0000b"}], "arms": [{"method": "zero-shot"}]}""",
        "$.datasets[0].path")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "zero-shot", "label": "x\ty"}]}""", "$.arms[0].label")]
    public void A_text_with_a_control_character_is_refused_wherever_it_stands(string json, string path)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Parse(json));

        Assert.StartsWith($"bad.json: {path}: found ", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith(", which contains a control character; remove it.", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name": "abc\n", "datasets": ["a"], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"backbone": "abc\n", "datasets": ["a"], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"datasets": ["a\n"], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"datasets": [{"name": "a", "template": "a {}\n"}], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"datasets": [{"name": "a", "path": "b\n"}], "arms": [{"method": "zero-shot"}]}""")]
    [InlineData("""{"datasets": ["a"], "arms": [{"method": "zero-shot", "label": "x\n"}]}""")]
    public void The_schema_by_itself_refuses_a_final_newline_too(string json)
    {
        using var document = System.Text.Json.JsonDocument.Parse(json);
        using var good = System.Text.Json.JsonDocument.Parse(json.Replace("\\n", "", StringComparison.Ordinal));

        Assert.NotNull(KnownMethods.All.Schema.Check(document.RootElement));
        Assert.Null(KnownMethods.All.Schema.Check(good.RootElement));
    }

    [Fact]
    public void A_list_too_long_to_compare_its_values_is_refused_at_once()
    {
        var list = string.Join(',', Enumerable.Range(1, 100_000));

        var refusal = Assert.Throws<InvalidInputException>(
            () => Parse($$"""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": [{{list}}]}]}"""));

        Assert.Equal("bad.json: $.arms[0].tTarget: the list has more than 1000 values; make it shorter.", refusal.Message);
    }

    [Theory]
    [InlineData("{\n  \"datasets\": [\"a\",,]\n}", "bad.json: line 2,")]
    [InlineData("", "bad.json: ")]
    public void Text_that_is_no_json_is_refused_with_its_place(string json, string start)
    {
        var refusal = Assert.Throws<InvalidInputException>(() => Parse(json));

        Assert.StartsWith(start, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("not valid JSON", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
    }

    [Fact]
    public void A_grid_that_explodes_is_refused_before_it_is_built()
    {
        var list = string.Join(',', Enumerable.Range(1, 100));

        var refusal = Assert.Throws<InvalidInputException>(() =>
            Parse(
                $$"""{"datasets": ["a"], "arms": [{"method": "adapt", "tTarget": [{{list}}], "epochs": [{{list}}], "batchSize": [{{list}}]}]}"""));

        Assert.Contains("the grid has 1000000 rows, which is more than 1000", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tiny.json")]
    [InlineData("tiny-scorers.json")]
    public void The_examples_are_valid(string name) =>
        Assert.NotEmpty(KnownMethods.Parse(File.ReadAllText(Repository.At("examples", name)), name).Arms);

    private static SweepSpec Parse(string json) => KnownMethods.Parse(json, "bad.json");
}
