using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Planning;

namespace AdaptCluster.Grains.Tests;

public sealed class ServedPoolsTests
{
    [Fact]
    public void A_sweep_that_names_no_pool_goes_to_the_control_silos_own_where_it_is_served_else_to_one_that_is()
    {
        Assert.Equal("cpu", ServedPools.Of([Silo("cpu", "control", 0)]).Default("cpu"));
        Assert.Equal("gpu", ServedPools.Of([Silo("cpu", "control", 0), Silo("gpu", "gpu", 1)]).Default("cpu"));
        Assert.Equal("cpu", ServedPools.Of([Silo("cpu", "all", 2), Silo("gpu", "gpu", 1)]).Default("cpu"));
        Assert.Equal("a100", ServedPools.Of([Silo("h100", "gpu", 1), Silo("a100", "gpu", 1)]).Default("cpu"));
    }

    [Fact]
    public void A_plan_is_made_for_the_newest_trainer_that_workers_of_its_pool_run()
    {
        var older = TrainerVersion.Current - 1;
        Assert.Equal(TrainerVersion.Current, ServedPools.Of([]).TrainerOf("gpu"));
        Assert.Equal(older, ServedPools.Of([Silo("gpu", "gpu", 1, older), Silo("cpu", "gpu", 1)]).TrainerOf("gpu"));
        Assert.Equal(TrainerVersion.Current, ServedPools.Of([Silo("gpu", "gpu", 1, older), Silo("gpu", "gpu", 1)]).TrainerOf("gpu"));
        Assert.Equal(TrainerVersion.Current, ServedPools.Of(
            [Silo("gpu", "gpu", 1), Silo("gpu", "gpu", 1, TrainerVersion.Current + 1)]).TrainerOf("gpu"));
        Assert.Contains("upgrade the control silos first", Assert.Throws<InvalidInputException>(
            () => ServedPools.Of([Silo("gpu", "gpu", 1, TrainerVersion.Current + 1)]).TrainerOf("gpu")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Plans_fill_the_lanes_of_the_widest_workers_of_a_pool()
    {
        var (narrow, wide) = (Silo("gpu", "gpu", 1), Silo("gpu", "gpu", 1));
        var (control, other) = (Silo("gpu", "control", 0), Silo("a100", "gpu", 1));
        (narrow["lanes"], wide["lanes"], control["lanes"]) = ("24", "64", "99");
        var pools = ServedPools.Of([narrow, wide, control, other]);
        Assert.Equal((64, 16, 16), (pools.LanesOf("gpu"), pools.LanesOf("a100"), pools.LanesOf("none")));
    }

    [Fact]
    public void Silos_of_the_version_before_serve_their_pool_unless_they_are_control_silos()
    {
        var before = ServedPools.Of([new Dictionary<string, string> { ["pool"] = "gpu", ["role"] = "gpu" }, new Dictionary<string, string>
        {
            ["pool"] = "cpu",
            ["role"] = "control",
        }]);
        Assert.Equal((true, false, TrainerVersion.BeforeOffers), (before.Serves("gpu"), before.Serves("cpu"), before.TrainerOf("gpu")));
    }

    private static Dictionary<string, string> Silo(string pool, string role, int workers, int trainer = TrainerVersion.Current) => new()
    {
        ["pool"] = pool,
        ["role"] = role,
        ["workers"] = $"{workers}",
        ["trainer"] = $"{trainer}",
    };
}
