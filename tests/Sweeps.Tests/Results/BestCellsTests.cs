using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Reports;

namespace AdaptCluster.Sweeps.Tests.Results;

/// <summary>What stands in bold.</summary>
public sealed class BestCellsTests
{
    [Fact]
    public void Of_rows_of_one_method_the_one_with_the_best_validation_accuracy_is_compared_with_other_methods()
    {
        var results = Table(("lr=1", "coop", 90, 50), ("lr=2", "coop", 70, 60), ("vpt", "vpt", 80, 10));
        var best = new BestCells(results);

        Assert.Equal(["vpt"], results.Rows.Where(row => best.Contains(row, "set")).Select(row => row.Label));
        Assert.Equal(["vpt"], results.Rows.Where(best.ContainsAverage).Select(row => row.Label));
        Assert.True(best.ChoseByValidation);
    }

    [Fact]
    public void By_validation_accuracy_all_rows_are_compared()
    {
        var results = Table(("lr=1", "coop", 90, 50), ("lr=2", "coop", 70, 60), ("vpt", "vpt", 80, 10));
        var best = new BestCells(results, AccuracySplit.Validation);

        Assert.Equal(["lr=2"], results.Rows.Where(row => best.Contains(row, "set")).Select(row => row.Label));
    }

    [Fact]
    public void Rows_of_one_method_that_show_the_same_on_both_splits_are_best_together()
    {
        var results = Table(("T=12", "adapt", 80, 50), ("adaptive T", "adapt", 80, 50), ("T=24", "adapt", 90, 40), ("vpt", "vpt", 70, 10));
        var best = new BestCells(results);

        Assert.Equal(["T=12", "adaptive T"], results.Rows.Where(row => best.Contains(row, "set")).Select(row => row.Label));
    }

    [Fact]
    public void Of_rows_with_the_same_validation_accuracy_none_is_chosen_by_its_test_accuracy()
    {
        var results = Table(("T=12", "adapt", 70, 50), ("T=24", "adapt", 90, 50), ("vpt", "vpt", 60, 10));
        var best = new BestCells(results);

        Assert.Equal(["T=12"], results.Rows.Where(row => best.Contains(row, "set")).Select(row => row.Label));
    }

    [Fact]
    public void Equal_rows_of_different_methods_are_both_the_best()
    {
        var results = Table(("coop", "coop", 80, 50), ("vpt", "vpt", 80, 10));
        var best = new BestCells(results);

        Assert.Equal(["coop", "vpt"], results.Rows.Where(row => best.Contains(row, "set")).Select(row => row.Label));
        Assert.False(best.ChoseByValidation);
    }

    [Fact]
    public void Nothing_of_a_column_is_the_best_before_all_of_it_is_complete()
    {
        var results = Table(("coop", "coop", 80, 50), ("vpt", "vpt", 70, 10));
        var unfinished = results.Rows[1].Cells["set"] with { Complete = false };
        results = results with
        {
            Rows = [results.Rows[0], results.Rows[1] with { Average = null, Cells = new() { ["set"] = unfinished } }],
        };

        var best = new BestCells(results);

        Assert.DoesNotContain(results.Rows, row => best.Contains(row, "set") || best.ContainsAverage(row));
    }

    private static SweepResults Table(params (string Label, string Method, double Test, double Validation)[] rows) => new()
    {
        Sweep = "s",
        Name = "s",
        State = SweepState.Completed,
        Jobs = new JobCounts { Total = 1, Completed = 1, Failed = 0, Cached = 0 },
        Datasets = ["set"],
        Notes = [],
        Rows = [.. rows.Select(row => new ResultRow
        {
            Label = row.Label,
            Method = row.Method,
            Adaptive = false,
            Average = row.Test,
            Cells = new()
            {
                ["set"] = new ResultCell
                {
                    Complete = true,
                    Test = new Accuracy { Mean = row.Test, Runs = [row.Test] },
                    Validation = new Accuracy { Mean = row.Validation, Runs = [row.Validation] },
                },
            },
        })],
    };
}
