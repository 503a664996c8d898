using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Sweeps.Tests.Results;

public sealed class ResultAnomaliesTests
{
    [Fact]
    public void A_seed_ten_points_from_the_median_is_an_outlier_and_one_nearer_is_none()
    {
        Assert.Equal(["seed-outlier"], Flags(Runs(12, 15, 63)));
        Assert.Contains("seed 3 has test accuracy 63.00; the median is 15.00", Find(Runs(12, 15, 63)).Notes[0], StringComparison.Ordinal);
        Assert.Empty(Flags(Runs(60, 65, 69)));
    }

    [Fact]
    public void The_median_of_an_even_number_of_seeds_lies_between_the_two_in_the_middle()
    {
        var table = new RunTable(8);
        for (var seed = 0; seed < 4; seed++) table.Add(new(seed), Samples.Result(0));
        // Sorted: 12, 41, 55, 63; the median is 48.
        foreach (var (seed, correct) in Runs(55, 63, 41, 12))
            table.Add(new(4 + seed), Samples.Result(correct) with { FinalLoss = 1.0 / (seed + 1) });

        var notes = ResultAnomalies.Find(Plan with { Seeds = [1, 2, 3, 4] }, table, []).Notes;

        Assert.Equal(["seed 2 has test accuracy 63.00; the median is 48.00", "seed 4 has test accuracy 12.00; the median is 48.00"],
            notes.Select(note => note[(note.LastIndexOf(": ", StringComparison.Ordinal) + 2)..]));
    }

    [Fact]
    public void Seeds_that_end_with_the_same_loss_are_told_and_a_cell_with_a_seed_to_come_is_not_judged()
    {
        Assert.Equal(["equal-seeds"], Flags(Runs(60, 60, 61), 0.5, 0.5, 0.6));
        Assert.Contains("seeds 1 and 2 end with the same loss of 0.5", Find(Runs(60, 60, 61), 0.5, 0.5, 0.6).Notes[0],
            StringComparison.Ordinal);
        Assert.Empty(Flags(Runs(60, 60, 60), 0.5, 0.4, 0.6));
        Assert.Empty(Flags(Runs(60, 90), 0.5, 0.5));
    }

    [Fact]
    public void A_tuned_cell_below_zero_shot_is_flagged() => Assert.Equal(["below-zero-shot"], Flags(Runs(40, 41, 42), zeroShot: 45));

    [Fact]
    public void A_mean_that_differs_from_zero_shots_in_its_rounding_only_is_not_below_it()
    {
        // (3 + 5) / 24 and 8 / 24 images, whose means as percentages differ in the last digit.
        Assert.NotEqual((100.0 * 3 / 12 + 100.0 * 5 / 12) / 2, 100.0 * 4 / 12);
        var table = new RunTable(4);
        foreach (var (position, correct) in new[] { 4, 4, 3, 5 }.Index())
            table.Add(new(position), Samples.Result(correct) with { TestTotal = 12, FinalLoss = 1.0 / (position + 1) });

        Assert.Empty(ResultAnomalies.Find(Plan with { Seeds = [1, 2] }, table, []).Of(Cell, group: 1));
    }

    [Theory]
    [InlineData("seed-outlier", "10 points or more")]
    [InlineData("equal-seeds", "same loss")]
    [InlineData("below-zero-shot", "zero-shot")]
    [InlineData("mask-grew", "more context tokens")]
    [InlineData("a-later-flag", null)]
    public void Every_flag_has_a_meaning(string flag, string? words)
    {
        if (words is null) Assert.Null(ResultAnomalies.Meaning(flag));
        else Assert.Contains(words, ResultAnomalies.Meaning(flag), StringComparison.Ordinal);
    }

    [Fact]
    public void Masks_that_grew_are_flagged() => Assert.Equal(["mask-grew"], Find(Runs(60, 61, 62), grew: [new(4)]).Of(Cell, group: 1));

    [Fact]
    public void Rows_of_another_arithmetic_than_single_precision_are_named()
    {
        PlannedRow Row(string label, int group) => new()
        {
            Label = label,
            Method = MethodNames.Adapt,
            Adaptive = false,
            Cells = [new() { Dataset = "set", Candidates = [new(8, group)] }],
        };
        var plan = Plan with
        {
            Groups = [.. Plan.Groups, Group(MethodNames.Adapt, new TrainSettings { Precision = Precision.Bfloat16 })],
            Rows = [Row("exact", 1), Row("rounded", 2), Row("rounded too", 2)],
        };
        Assert.Equal(["rounded, rounded too: computed in bfloat16, not in float32"], ResultAnomalies.Find(plan, new RunTable(9), []).Notes);
    }

    private static readonly PlannedCell Cell = new() { Dataset = "set", Candidates = [new(8, 1)] };

    private static (int, int)[] Runs(params int[] correct) => [.. correct.Select((value, seed) => (seed, value))];

    private static string[] Flags((int, int)[] runs, params double[] losses) => Find(runs, losses).Of(Cell, group: 1);

    private static string[] Flags((int, int)[] runs, int zeroShot) => Find(runs, zeroShot: zeroShot).Of(Cell, group: 1);

    private static ResultAnomalies Find((int Seed, int Correct)[] runs, params double[] losses) => Find(runs, 0, [], losses);

    private static ResultAnomalies Find(
        (int Seed, int Correct)[] runs, int zeroShot = 0, JobPosition[]? grew = null, double[]? losses = null)
    {
        var table = new RunTable(6);
        for (var seed = 0; seed < 3; seed++) table.Add(new(seed), Samples.Result(zeroShot));
        foreach (var (seed, correct) in runs) table.Add(new(3 + seed), Samples.Result(correct) with
        {
            FinalLoss = losses is { Length: > 0 } ? losses[seed] : 1.0 / (seed + 1),
        });
        return ResultAnomalies.Find(Plan, table, grew ?? []);
    }

    private static SweepPlan Plan { get; } = new()
    {
        Name = "t",
        SpecJson = "{}",
        Seeds = [1, 2, 3],
        Groups = [Group(MethodNames.ZeroShot, null), Group(MethodNames.Adapt, new TrainSettings())],
        Warnings = [],
        Datasets = ["set"],
        BackboneFingerprint = "",
        DatasetFingerprints = [""],
        Rows = [],
    };

    private static PlannedGroup Group(string method, TrainSettings? train) => new()
    {
        Definition = new()
        {
            Method = method,
            Backbone = "b",
            Dataset = new() { Name = "set", Format = "drawn" },
            Shots = 1,
            Seed = 1,
            Train = train,
        },
        Iterations = 1,
        PackGroup = 0,
        Dataset = 0,
    };
}
