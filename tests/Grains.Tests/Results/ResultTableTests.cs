using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Grains.Results;

namespace AdaptCluster.Grains.Tests.Results;

public sealed class ResultTableTests
{
    [Fact]
    public void A_cell_is_the_mean_of_its_runs_with_the_sample_standard_deviation()
    {
        var plan = Plan(adaptive: false, [(null, ["a1", "a2", "a3"])]);

        var row = Assert.Single(ResultTable.Rows(plan, Results(("a1", 50, 0), ("a2", 60, 0), ("a3", 70, 0))));

        Assert.Equal(60, row.Cells["set"].Test.Mean!.Value, 12);
        Assert.Equal(10, row.Cells["set"].Test.Std!.Value, 12);
        Assert.Equal([50, 60, 70], row.Cells["set"].Test.Runs);
        Assert.Equal(60, row.Average!.Value, 12);
    }

    [Fact]
    public void The_adaptive_arm_takes_the_best_validation_accuracy_and_never_looks_at_the_test()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"]), (64, ["c1", "c2"])]);

        var cell = ResultTable.Rows(plan, Results(("a1", 90, 20), ("a2", 90, 20), ("b1", 10, 30), ("b2", 20, 50), ("c1", 95, 35), ("c2", 95, 35)))[0].Cells["set"];

        Assert.Equal(32, cell.TTarget);
        Assert.Equal(15, cell.Test.Mean!.Value, 12);
        Assert.Equal([30, 50], cell.Validation.Runs);
    }

    [Fact]
    public void Of_equal_validation_accuracies_the_smaller_target_wins()
    {
        var plan = Plan(adaptive: true, [(16, ["a1"]), (32, ["b1"])]);

        Assert.Equal(16, ResultTable.Rows(plan, Results(("a1", 1, 30), ("b1", 99, 30)))[0].Cells["set"].TTarget);
    }

    [Fact]
    public void An_adaptive_cell_does_not_choose_before_every_run_is_there()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"])]);

        var row = ResultTable.Rows(plan, Results(("a1", 1, 30), ("a2", 1, 30), ("b1", 99, 10)))[0];

        Assert.False(row.Cells["set"].Complete);
        Assert.Null(row.Cells["set"].TTarget);
        Assert.Null(row.Cells["set"].Test.Mean);
        Assert.Null(row.Average);
    }

    [Fact]
    public void An_incomplete_fixed_cell_shows_its_runs_but_the_row_has_no_average()
    {
        var row = ResultTable.Rows(Plan(adaptive: false, [(8, ["a1", "a2"])]), Results(("a2", 40, 0)))[0];

        Assert.False(row.Cells["set"].Complete);
        Assert.Equal(40, row.Cells["set"].Test.Mean!.Value, 12);
        Assert.Null(row.Cells["set"].Test.Std);
        Assert.Null(row.Average);
    }

    private static JobId Id(string name) => new(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(name)).PadLeft(16, '0'));

    private static SweepPlan Plan(bool adaptive, (int? Target, string[] Jobs)[] candidates) => new()
    {
        Name = "t",
        SpecJson = "{}",
        Jobs = [],
        Packs = [],
        Warnings = [],
        Datasets = ["set"],
        Rows =
        [
            new PlannedRow
            {
                Label = "row", Method = "adapt", Adaptive = adaptive,
                Cells = [new PlannedCell { Dataset = "set", Candidates = [.. candidates.Select(c => new PlannedCandidate { TTarget = c.Target, Jobs = [.. c.Jobs.Select(Id)] })] }],
            },
        ],
    };

    private static Dictionary<JobId, JobResult> Results(params (string Job, int Test, int Validation)[] runs) => runs.ToDictionary(run => Id(run.Job), run => new JobResult
    {
        TestCorrect = run.Test,
        TestTotal = 100,
        ValidationCorrect = run.Validation,
        ValidationTotal = 100,
        ImageContextTokens = 1,
        TextContextTokens = 2,
        TrainableParameters = 10,
        MultiplyAdds = 1_000_000_000,
        Duration = TimeSpan.Zero,
        Device = "test",
    });
}
