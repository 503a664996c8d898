using AdaptCluster.Contracts.Planning;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Planning;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Sweeps.Tests.Results;

public sealed class ResultTableTests
{
    [Fact]
    public void A_cell_is_the_mean_of_its_runs_with_the_sample_standard_deviation()
    {
        var plan = Plan(adaptive: false, [(null, ["a1", "a2", "a3"])]);

        var row = Assert.Single(Rows(plan, Results(("a1", 50, 0), ("a2", 60, 0), ("a3", 70, 0))));

        Assert.Equal(60, row.Cells["set"].Test.Mean!.Value, 12);
        Assert.Equal(10, row.Cells["set"].Test.Std!.Value, 12);
        Assert.Equal([50, 60, 70], row.Cells["set"].Test.Runs);
        Assert.Equal(60, row.Average!.Value, 12);
    }

    [Fact]
    public void The_adaptive_arm_takes_the_best_validation_accuracy_and_never_looks_at_the_test()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"]), (64, ["c1", "c2"])]);

        var cell = Rows(plan, Results(("a1", 90, 20), ("a2", 90, 20), ("b1", 10, 30), ("b2", 20, 50), ("c1", 95, 35), ("c2", 95, 35)))[0]
            .Cells["set"];

        Assert.Equal(32, cell.TTarget);
        Assert.Equal(15, cell.Test.Mean!.Value, 12);
        Assert.Equal([30, 50], cell.Validation.Runs);
    }

    [Fact]
    public void Those_who_watch_see_the_best_validation_accuracy_so_far_and_no_test_accuracy_before_the_choice()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"])]);

        var filling = Assert.Single(CellLevel.Of(plan, Results(("a1", 90, 20), ("b1", 10, 30), ("b2", 20, 50))));
        var complete = Assert.Single(CellLevel.Of(
            plan, Results(("a1", 90, 20), ("a2", 90, 20), ("b1", 10, 30), ("b2", 20, 50))));

        Assert.Equal((plan.Rows[0].Label, "set", 0.4, null), (filling.Arm, filling.Dataset, filling.Validation, filling.Test));
        Assert.Equal((0.4, 0.15), (complete.Validation, complete.Test));
        Assert.Equal((null, null), (Assert.Single(CellLevel.Of(plan, new RunTable(4))).Validation, filling.Test));
    }

    [Fact]
    public void The_jobs_of_a_cell_are_those_of_the_chosen_settings_and_of_an_unfinished_cell_there_are_none()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"])]);

        var cell = Assert.Single(ResultTable.Cells(plan, Results(("a1", 90, 20), ("a2", 90, 20), ("b1", 10, 30), ("b2", 20, 50))));

        Assert.Equal((plan.Rows[0].Label, "set"), (cell.Row, cell.Dataset));
        Assert.Equal([JobIdentity.Of(plan, plan.At(1, 0)), JobIdentity.Of(plan, plan.At(1, 1))], cell.Jobs);
        Assert.Equal([30, 50], cell.ValidationCorrect);
        Assert.Empty(ResultTable.Cells(plan, Results(("a1", 90, 20), ("b1", 10, 30), ("b2", 20, 50))));
    }

    [Fact]
    public void Of_equal_validation_accuracies_the_smaller_target_wins()
    {
        var plan = Plan(adaptive: true, [(16, ["a1"]), (32, ["b1"])]);

        Assert.Equal(16, Rows(plan, Results(("a1", 1, 30), ("b1", 99, 30)))[0].Cells["set"].TTarget);
    }

    [Fact]
    public void A_tie_is_a_tie_in_whatever_order_the_runs_come()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2", "a3"]), (32, ["b1", "b2", "b3"])]);

        // 8 + 8 + 9 and 8 + 9 + 8 of 24 differ in the last digit when percentages are summed.
        var cell = Rows(plan, Results(("a1", 1, 8), ("a2", 1, 8), ("a3", 1, 9), ("b1", 2, 8), ("b2", 2, 9), ("b3", 2, 8)))[0].Cells["set"];

        Assert.Equal(16, cell.TTarget);
    }

    [Fact]
    public void Equal_runs_have_a_deviation_of_exactly_zero()
    {
        var row = Rows(Plan(adaptive: false, [(8, ["a1", "a2", "a3"])]), Results(("a1", 34, 7), ("a2", 34, 7), ("a3", 34, 7)))[0];

        Assert.Equal((0.0, 0.0), (row.Cells["set"].Test.Std, row.Cells["set"].Validation.Std));
    }

    [Fact]
    public void An_adaptive_cell_does_not_choose_before_every_run_is_there()
    {
        var plan = Plan(adaptive: true, [(16, ["a1", "a2"]), (32, ["b1", "b2"])]);

        var row = Rows(plan, Results(("a1", 1, 30), ("a2", 1, 30), ("b1", 99, 10)))[0];

        Assert.False(row.Cells["set"].Complete);
        Assert.Null(row.Cells["set"].TTarget);
        Assert.Null(row.Cells["set"].Test.Mean);
        Assert.Null(row.Average);
    }

    [Fact]
    public void An_incomplete_fixed_cell_shows_its_runs_but_the_row_has_no_average()
    {
        var row = Rows(Plan(adaptive: false, [(8, ["a1", "a2"])]), Results(("a2", 40, 0)))[0];

        Assert.False(row.Cells["set"].Complete);
        Assert.Equal(40, row.Cells["set"].Test.Mean!.Value, 12);
        Assert.Null(row.Cells["set"].Test.Std);
        Assert.Null(row.Average);
    }

    /// <summary>One group of two or three seeds for each candidate.</summary>
    private static ResultRow[] Rows(SweepPlan plan, RunTable runs) => ResultTable.Rows(plan, runs, ResultAnomalies.Find(plan, runs, []));

    private static SweepPlan Plan(bool adaptive, (int? Target, string[] Jobs)[] candidates) => new()
    {
        Name = "t",
        SpecJson = "{}",
        Seeds = [.. Enumerable.Range(1, candidates[0].Jobs.Length)],
        Groups = [.. candidates.Select(_ => new PlannedGroup
        {
            Definition = new()
            {
                Method = "adapt",
                Backbone = "b",
                Dataset = new() { Name = "set", Format = "drawn" },
                Shots = 1,
                Seed = 1,
            },
            Iterations = 1,
            PackGroup = 0,
            Dataset = 0,
        })],
        Warnings = [],
        Datasets = ["set"],
        BackboneFingerprint = "",
        DatasetFingerprints = [""],
        Rows =
        [
            new PlannedRow
            {
                Label = "row", Method = "adapt", Adaptive = adaptive,
                Cells = [new PlannedCell
                {
                    Dataset = "set",
                    Candidates = [.. candidates.Select((c, group) => new PlannedCandidate(c.Target, group))],
                }],
            },
        ],
    };

    /// <summary>Results by name: "b2" is the second run of the second candidate.</summary>
    private static RunTable Results(params (string Job, int Test, int Validation)[] runs)
    {
        var seeds = runs.Max(run => run.Job[1] - '0');
        var table = new RunTable(26 * seeds);
        foreach (var (job, test, validation) in runs)
            table.Add(new((job[0] - 'a') * seeds + job[1] - '1'), Samples.Result(test, validation));
        return table;
    }
}
