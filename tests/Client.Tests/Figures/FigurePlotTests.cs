using System.Text;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Plots;
using AdaptCluster.Sweeps.Evidence;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Client.Tests.Figures;

/// <summary>Figures drawn from given numbers and read back from their files.</summary>
public sealed partial class FigurePlotTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("adaptcluster-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_pdf_has_the_page_size_that_is_asked_for_no_date_and_its_font()
    {
        var pdf = Save(Shots(), "shots.pdf", (400, 300));

        Assert.StartsWith("%PDF", pdf, StringComparison.Ordinal);
        Assert.Equal("400 300", MediaBox().Match(pdf).Groups[1].Value);
        Assert.DoesNotContain("CreationDate", pdf, StringComparison.Ordinal);
        // Its text is text in a font that is part of the file.
        Assert.Contains("/FontFile2", pdf, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_a_size_a_pdf_has_half_a_point_for_each_unit_and_a_png_two_pixels()
    {
        var figure = Shots();
        var (width, height) = figure.Save(At("a.svg"), null, replace: false);

        Assert.Equal((width / 2, height / 2), figure.Save(At("a.pdf"), null, replace: false));
        Assert.Equal((width * 2, height * 2), figure.Save(At("a.png"), null, replace: false));
    }

    [Theory]
    [InlineData("pdf")]
    [InlineData("svg")]
    [InlineData("png")]
    public void The_same_figure_is_the_same_bytes(string ending) =>
        Assert.Equal(Save(Shots(), $"one.{ending}"), Save(Shots(), $"other.{ending}"));

    [Fact]
    public void Accuracy_over_shots_has_each_arm_each_value_and_the_level_of_zero_shot()
    {
        var texts = Texts(Save(Shots(), "shots.svg"));

        Assert.Equal(["1", "2", "4", "8", "16"], texts.Where(text => text is "1" or "2" or "4" or "8" or "16"));
        Assert.Superset(new HashSet<string>(["dtd", "CoOp", "KgCoOp", "Zero-shot", "training images per class, log scale",
            "test accuracy (%)"]), texts.ToHashSet());
        Assert.DoesNotContain("validation", texts);
    }

    [Fact]
    public void T_target_is_a_letter_with_a_subscript()
    {
        var figure = AxisPlot.Draw([Curve("Adapt", AxisValues.TTarget, 12, 24)], AxisValues.TTarget, null, AccuracySplit.Both);
        var texts = Texts(Save(figure, "t.svg"));

        Assert.Contains("T", texts);
        Assert.Contains("target", texts);
        Assert.DoesNotContain(texts, text => text.Contains('_', StringComparison.Ordinal));
        Assert.Superset(new HashSet<string>(["Adapt, test", "Adapt, validation", "accuracy (%)"]), texts.ToHashSet());
    }

    [Theory]
    [InlineData(true, new[] { 1.0, 2, 4, 8, 16 })]
    [InlineData(true, new[] { 0.0001, 0.001, 0.01 })]
    [InlineData(false, new[] { 8.0, 16, 24, 32 })]
    [InlineData(false, new[] { 0.0, 1, 2, 4 })]
    [InlineData(false, new[] { 1.0, 16 })]
    public void An_axis_is_logarithmic_where_ratios_differ_less_than_differences(bool expected, double[] values) =>
        Assert.Equal(expected, new ValueScale(values, 1).Logarithmic);

    [Fact]
    public void Error_bars_of_arms_at_one_value_stand_side_by_side_and_stay_nearer_to_it_than_to_the_next()
    {
        var scale = new ValueScale([1, 2, 4], 5);
        double[] shifts = [.. Enumerable.Range(0, 5).Select(series => scale.Shift(series))];

        Assert.Equal(shifts.Order(), shifts);
        Assert.Equal(5, shifts.Distinct().Count());
        Assert.Equal(0, shifts.Sum(), 1e-9);
        Assert.All(shifts, shift => Assert.InRange(Math.Abs(shift), 0, 0.49));
        Assert.InRange(scale.Limits.Start, double.NegativeInfinity, shifts[0]);
    }

    [Fact]
    public void A_setting_with_one_value_and_a_data_set_that_is_not_there_are_refused()
    {
        Refused("plot: the sweep has only one value of T_target, but a line needs two.",
            () => AxisPlot.Draw([Curve("Adapt", AxisValues.TTarget, 12)], AxisValues.TTarget, null, AccuracySplit.Both));
        Refused("--dataset none: the sweep has dtd; write one of them.",
            () => AxisPlot.Draw([Curve("CoOp", AxisValues.Shots, 1, 2)], AxisValues.Shots, "none", AccuracySplit.Test));
    }

    [Theory]
    [InlineData("a", "--out a: the name has no extension; write a.pdf, a.svg or a.png.")]
    [InlineData("a.gif", "--out a.gif: found the extension '.gif'; write a name that ends in .pdf, .svg or .png.")]
    public void Other_endings_are_refused(string file, string expected) => Refused(expected, () => FigureFormats.Of(file));

    [Fact]
    public void A_confusion_matrix_has_names_and_counts_or_shares()
    {
        var found = Predictions(["cat", "dog"], [0, 0, 0, 1], [0, 0, 1, 1]);

        Assert.Equal(["1", "1", "2"], Numbers(Texts(Save(ConfusionPlot.Draw(found, "title", shares: false), "counts.svg"))));
        var shares = Texts(Save(ConfusionPlot.Draw(found, "title", shares: true), "shares.svg"));
        Assert.Superset(new HashSet<string>(["title", "cat", "dog", "67", "33", "predicted class"]), shares.ToHashSet());

        static string[] Numbers(string[] texts) => [.. texts.Where(text => text is "1" or "2" or "3").Order(StringComparer.Ordinal)];
    }

    [Fact]
    public void A_confusion_matrix_of_many_classes_has_no_names_and_one_of_too_many_is_refused()
    {
        Assert.DoesNotContain("class 7", Texts(Save(ConfusionPlot.Draw(Classes(200), "title", shares: false), "many.svg")));
        Refused("plot: title: found 1001 classes; the figure shows at most 1000; 'sweep predictions' prints all.",
            () => ConfusionPlot.Draw(Classes(1001), "title", shares: false));

        static SplitAnalysis Classes(int count) =>
            Predictions([.. Enumerable.Range(0, count).Select(label => $"class {label}")], [0, 5], [0, 7]);
    }

    [Fact]
    public void Arms_between_lines_of_equal_h_are_those_with_both_accuracies()
    {
        var table = BaseNew(("CoOp", 82.69, 63.22), ("MaPLe", 82.28, 75.14), ("LAMM", 83, null));
        var texts = Texts(Save(BaseNewPlot.Draw(table, "dtd"), "h.svg"));

        Assert.Superset(new HashSet<string>(["dtd", "CoOp, H = 71.66", "MaPLe, H = 78.55", "H = 76", "accuracy on base classes (%)",
            "accuracy on new classes (%)"]), texts.ToHashSet());
        Assert.DoesNotContain(texts, text => text.StartsWith("LAMM", StringComparison.Ordinal));
        Refused("--dataset none: the sweep has dtd; write one of them.", () => BaseNewPlot.Draw(BaseNew(("CoOp", 82, 63)), "none"));
        Assert.Equal("plot: no arm of s has complete results on base and new classes yet; 'sweep status s' shows the progress.",
            Assert.Throws<AdaptClusterException>(() => BaseNewPlot.Draw(BaseNew(("LAMM", 83, null)), null)).Message);
    }

    [Fact]
    public void Each_column_of_the_table_has_its_own_lightest_and_darkest_shade()
    {
        var table = new SweepResults
        {
            Sweep = "s",
            Name = "s",
            State = SweepState.Running,
            Jobs = new() { Total = 4, Completed = 4, Failed = 0, Cached = 0 },
            Datasets = ["wide", "narrow"],
            Rows = [Row("worse", 20, 89), Row("better", 70, 90)],
            Notes = [],
        };
        var svg = Save(TablePlot.Draw(table), "table.svg");

        // The two worst and the two best cells; an end of the colour bar is a little less than its shade.
        Assert.Equal((2, 2), (Cells(svg, "#F4F8FC"), Cells(svg, "#005A96")));
        Assert.Superset(new HashSet<string>(["wide", "narrow", "20.00", "90.00", "worst", "best"]), Texts(svg).ToHashSet());

        static int Cells(string svg, string fill) => Regex.Count(svg, $"<rect fill=\"{fill}\" x=");
    }

    [Fact]
    public void A_cell_of_an_adaptive_row_shows_what_was_chosen_for_it()
    {
        var row = Row("adapt", 20, 89);
        var cells = row.Cells.ToDictionary(cell => cell.Key, cell => cell.Value with { TTarget = cell.Key == "wide" ? 48 : 24 });
        var table = new SweepResults
        {
            Sweep = "s",
            Name = "s",
            State = SweepState.Completed,
            Jobs = new() { Total = 4, Completed = 4, Failed = 0, Cached = 0 },
            Datasets = ["wide", "narrow"],
            Rows = [Row("coop", 70, 90), row with { Adaptive = true, Cells = cells }],
            Notes = [],
        };
        var texts = Texts(Save(TablePlot.Draw(table), "chosen.svg"));

        Assert.Equal(["T=48", "T=24"], texts.Where(text => text.StartsWith("T=", StringComparison.Ordinal)));
    }

    private static ResultRow Row(string label, double wide, double narrow) => new()
    {
        Label = label,
        Method = "coop",
        Adaptive = false,
        Cells = new()
        {
            ["wide"] = new() { Complete = true, Test = Of(wide), Validation = Of(wide) },
            ["narrow"] = new() { Complete = true, Test = Of(narrow), Validation = Of(narrow) },
        },
    };

    private static SweepResults BaseNew(params (string Label, double Base, double? New)[] arms)
    {
        static SectionRow Row(string label, double? value) => new()
        {
            Label = label,
            Cells = [new() { Value = value, Complete = value is not null, Refused = value is null }],
            Average = value,
        };
        return new()
        {
            Sweep = "s",
            Name = "s",
            State = SweepState.Completed,
            Jobs = new() { Total = 1, Completed = 1, Failed = 0, Cached = 0 },
            Datasets = ["dtd"],
            Rows = [],
            Notes = [],
            Sections =
            [
                new() { Title = "Base", Columns = ["dtd"], Rows = [.. arms.Select(arm => Row(arm.Label, arm.Base))] },
                new() { Title = "New", Columns = ["dtd"], Rows = [.. arms.Select(arm => Row(arm.Label, arm.New))] },
            ],
        };
    }

    private static Figure Shots() => AxisPlot.Draw(
        [Curve("CoOp", AxisValues.Shots, 1, 2, 4, 8, 16), Curve("KgCoOp", AxisValues.Shots, 1, 2, 4, 8, 16)], AxisValues.Shots, null,
        AccuracySplit.Test, [new("Zero-shot", "dtd", 55.5)]);

    private static TargetCurve Curve(string label, string axis, params double[] values) => new()
    {
        Label = label,
        Dataset = "dtd",
        Axis = axis,
        Points = [.. values.Select((value, i) => new TargetPoint(0, true, Of(60 + i + label.Length), Of(50 + i), value))],
    };

    private static Accuracy Of(double mean) => new() { Mean = mean, Std = 1, Runs = [mean - 1, mean, mean + 1] };

    private static SplitAnalysis Predictions(string[] names, ushort[] labels, ushort[] predicted)
    {
        var split = new SplitPredictions
        {
            Manifest = "",
            Labels = labels,
            Predicted = predicted,
            Confidence = new ushort[labels.Length],
        };
        return SplitAnalysis.Of(new JobPredictions { ClassNames = names, Template = "{}", Validation = split, Test = split }, split);
    }

    private static void Refused(string expected, Func<object> draw) =>
        Assert.Equal(expected, Assert.Throws<InvalidInputException>(() => { draw(); }).Message);

    private string At(string file) => Path.Combine(_folder, file);

    private string Save(Figure figure, string file, (int, int)? size = null)
    {
        figure.Save(At(file), size, replace: false);
        return (file.EndsWith("svg", StringComparison.Ordinal) ? Encoding.UTF8 : Encoding.Latin1).GetString(File.ReadAllBytes(At(file)));
    }

    private static string[] Texts(string svg) => [.. System.Xml.Linq.XDocument.Parse(svg).Descendants()
        .Where(element => element.Name.LocalName == "text").Select(text => text.Value.Trim())];

    [GeneratedRegex(@"/MediaBox \[0 0 (\d+ \d+)\]")]
    private static partial Regex MediaBox();
}
