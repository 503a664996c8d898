using AdaptCluster.Contracts.Planning;
using AdaptCluster.Training.Methods.Adapt;

namespace AdaptCluster.Sweeps.Tests.Planning;

/// <summary>The paper's tables as specs, over data sets with the paper's numbers of classes.</summary>
public sealed class PaperSpecTests
{
    private static readonly FixedCatalog Catalog = new(
        ("caltech101", 100), ("dtd", 47), ("eurosat", 10), ("fgvc-aircraft", 100), ("food101", 101), ("oxford-flowers", 102),
        ("oxford-pets", 37), ("stanford-cars", 196), ("sun397", 397), ("ucf101", 101), ("imagenet", 1000));

    [Theory]
    // Eight other methods and T = 16, 32, 64, 128 and 256, on 11 data sets with 3 seeds.
    [InlineData("table1", 13 * 33)]
    [InlineData("table2", 6 * 33)]
    [InlineData("table3", 3 * 33)]
    [InlineData("table4", 3 * 33)]
    public void A_table_of_the_paper_has_a_job_for_each_setting_data_set_and_seed(string table, int jobs) =>
        Assert.Equal(jobs, Plan(table).JobCount);

    [Fact]
    public void Every_row_of_table_1_is_there_and_trains_as_its_public_code_does()
    {
        var plan = Plan("table1");
        Assert.Equal(
            ["Zero-shot", "CoCoOp", "VPT", "PLOT", "MaPLe", "ProGrad", "KgCoOp", "LAMM", "Adapt (T=128)", "Adapt (T=32)",
                "Adapt (adaptive T)"], plan.Rows.Select(row => row.Label));
        object? On(string dataset, string method) =>
            plan.Groups.First(group => group.Definition.Method == method && group.Definition.Dataset.Name == dataset)
            .Definition.Train is { } train ? (train.Epochs, train.BatchSize, train.LearningRate) : null;
        Assert.Null(On("dtd", "zero-shot"));
        Assert.Equal((10, 1, 0.002), On("dtd", "cocoop"));
        Assert.Equal((5, 4, 0.0025), On("dtd", "vpt"));
        Assert.Equal((50, 128, 0.002), On("dtd", "plot"));
        Assert.Equal((5, 4, 0.0035), On("dtd", "maple"));
        Assert.Equal((200, 32, 0.002), On("dtd", "prograd"));
        Assert.Equal((50, 32, 0.002), On("imagenet", "prograd"));
        Assert.Equal((100, 128, 0.002), On("dtd", "kgcoop"));
        Assert.Equal((50, 32, 0.002), On("dtd", "lamm"));
        Assert.Equal((100, 4, 0.0025), On("dtd", "adapt"));
    }

    [Fact]
    public void Only_EuroSat_needs_a_shorter_period()
    {
        var fitted = Plan("table2").Warnings.Where(warning => warning.Code == AdaptDescriptor.ScheduleFitted)
            .Select(warning => warning.Message).ToArray();
        Assert.All(fitted, message => Assert.Contains("on 'eurosat'", message, StringComparison.Ordinal));
        foreach (var (target, period) in ((int, int)[])[(128, 59), (64, 47), (32, 43), (16, 41)])
            Assert.Contains(fitted, message => message.StartsWith($"T_target {target} ", StringComparison.Ordinal)
                && message.EndsWith($"the period is shortened to {period}", StringComparison.Ordinal));
    }

    [Fact]
    public void The_largest_target_of_table_2_has_the_longer_context_it_needs()
    {
        var plan = Plan("table2");
        var group = plan.Groups.First(group => group.Definition.TTarget == 512);
        Assert.Equal(32, group.Definition.Train!.Adapt.MaxContextLength);
        Assert.Equal(
            "T_target 512 is above the 384 context tokens of the default maxContextLength, 16; "
                + "with maxContextLength 32 training starts with 768",
            Assert.Single(plan.Warnings, warning => warning.Code == AdaptDescriptor.LongerContext).Message);
        Assert.All(plan.Groups.Where(group => group.Definition.TTarget != 512), group =>
            Assert.Equal(16, group.Definition.Train!.Adapt.MaxContextLength));
    }

    [Fact]
    public void Rows_that_need_the_same_job_share_it()
    {
        var plan = Plan("table1");
        // Five T_targets are trained for seven rows; the other methods have a row each.
        long Of(bool adapt) =>
            plan.Groups.Where(group => group.Definition.Method == "adapt" == adapt)
                .Sum(group => (long)group.Iterations) * plan.Seeds.Length;
        Assert.Equal((Of(true) * 7 / 5) + Of(false), plan.IterationsWithoutSharing);
    }

    [Fact]
    public void Jobs_that_differ_in_T_target_alone_share_their_beginning()
    {
        var plan = Plan("table2");
        // The first 128 tokens of 384 go in steps of 4 every 80 iterations after 5 epochs; T = 256 keeps what the 33rd step takes from the
        // others.
        var dtd = plan.Groups.Single(group => group.Definition is { Dataset.Name: "dtd", TTarget: 256 });
        Assert.Equal((5 * 188) + (33 * 80), dtd.SharedIterations);
        Assert.Equal(0, plan.Groups.Single(group => group.Definition is { Dataset.Name: "dtd", TTarget: 16 }).SharedIterations);
        // Another context length and EuroSAT's other periods are trained by themselves.
        Assert.Equal(0, plan.Groups.Single(group => group.Definition is { Dataset.Name: "dtd", TTarget: 512 }).SharedIterations);
        Assert.All(plan.Groups.Where(group => group.Definition is { Dataset.Name: "eurosat", TTarget: < 196 }),
            group => Assert.Equal(0, group.SharedIterations));
        Assert.True(plan.IterationsTrained < plan.Iterations);
    }

    [Fact]
    public void ImageNet_costs_most_for_its_iterations_and_its_thousand_texts()
    {
        var groups = Plan("table3").Groups;
        var costs = groups.GroupBy(group => group.Definition.Dataset.Name).ToDictionary(group => group.Key, group => group.First().Cost);
        Assert.Equal("imagenet", costs.MaxBy(cost => cost.Value).Key);
        Assert.Equal("eurosat", costs.MinBy(cost => cost.Value).Key);
        // 400,000 steps of 4 images and 1,000 texts against 4,000 of 4 images and 10 texts.
        Assert.InRange(costs["imagenet"] / costs["eurosat"], 300, 1000);
    }

    [Fact]
    public void ImageNet_alone_takes_400_000_iterations_a_run() =>
        Assert.Equal([400_000, 4_000], ((string[])["imagenet", "eurosat"])
            .Select(name => Plan("table3").Groups.First(group => group.Definition.Dataset.Name == name).Iterations));

    [Fact]
    public void Training_again_on_the_final_masks_takes_twice_the_iterations()
    {
        var groups = Plan("table4").Groups;
        foreach (var pair in groups.GroupBy(group => group.Definition.Dataset.Name))
        {
            var (pruned, again) = (pair.Single(group => group.Definition is { TTarget: 128, Train.Adapt.Retrain: false }),
                pair.Single(group => group.Definition.Train!.Adapt.Retrain));
            Assert.Equal((2 * pruned.Iterations, 2 * pruned.Definition.Epochs), (again.Iterations, again.Definition.Epochs));
        }
    }

    [Fact]
    public void Prompts_that_are_never_pruned_stand_beside_pruned_ones() =>
        // 12 blocks of 16 tokens in two towers: 245,760 parameters, of which 82,227 is 66.5 % less, the paper's "decreased by 67 %".
        Assert.Equal(11, Plan("table4").Groups.Count(group => group.Definition is { TTarget: 2 * 12 * 16, Train.Adapt.Retrain: false }));

    private static SweepPlan Plan(string table)
    {
        var file = Repository.At($"examples/{table}.json");
        return KnownMethods.Plan(Catalog, File.ReadAllText(file), file);
    }
}
