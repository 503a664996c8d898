using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Grains.Tests.Queue;

/// <summary>A sweep that gets no worker says what it waits for.</summary>
public sealed class QueueObstaclesTests
{
    private static readonly SweepId Sweep = new("first-00000000");
    private static readonly WorkerOffer Able = new([TrainerVersion.Current], [Precision.Float32], "cpu", "2", 1);
    private readonly LeaseBook _book = new(new LeaseTimes(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1)));
    private readonly SiloHealthBook _silos = new(1, TimeSpan.FromMinutes(10));
    private readonly Dictionary<string, string> _setAside = [];

    [Fact]
    public void A_pool_that_nobody_serves() =>
        Expect(
            "pool 'gpu' has no workers; start a silo that serves it, or move the sweep with 'sweep set "
            + "first-00000000 --pool NAME'");

    [Theory]
    [InlineData("", "cpu")]
    [InlineData("cpu", "cpu")]
    [InlineData("gpu", "cpu")]
    [InlineData("large", "large")]
    public void A_stored_pool_is_the_queue_of_that_name_or_the_one_that_took_its_name_over(string stored, string pool) =>
        Assert.Equal(pool, new QueueOptions { Pool = "cpu", OtherNames = ["gpu"] }.PoolOf(stored));

    [Fact]
    public void Workers_of_another_trainer_version()
    {
        Ask("a", Able with { Trainers = [TrainerVersion.Current + 1] });
        Expect(
            $"the sweep needs workers of trainer version {TrainerVersion.Current}, but those of pool 'gpu' run "
            + $"{TrainerVersion.Current + 1}; 'sweep replan first-00000000' plans it again for them");
    }

    [Fact]
    public void Workers_that_do_not_compute_so()
    {
        _book.Offer(Share(), [new(new(0), 1, Precision: Precision.Tf32)], default);
        Ask("a", Able);
        Assert.Contains("the sweep needs workers that compute in tf32, but pool 'gpu' has none", Obstacle(), StringComparison.Ordinal);
    }

    [Fact]
    public void Silos_that_lack_its_files()
    {
        _book.Offer(Share(), [new(new(0), 1)], default);
        Ask("a", Able);
        Assert.Null(Obstacle());
        _book.Confirm(_book.End(_book.Ending.Concat(_book.Leases(9)).Single().Id)!.Id, new PackOffer(new(0), 1), default);
        _book.PacksOf(Sweep)!.Known[new(0)].Avoided.Add("a", TimeSpan.FromMinutes(10), "backbone 'b': no folder of that name");
        Assert.Equal("no silo of pool 'gpu' can run the waiting packs: backbone 'b': no folder of that name", Obstacle());
    }

    [Fact]
    public void Silos_that_are_quarantined()
    {
        Ask("a", Able);
        _silos.Record("a", 0, [new("0123456789abcdef")], default);
        Assert.Contains("every silo of pool 'gpu' is quarantined", Expected(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_plan_that_cannot_be_read()
    {
        _setAside[Sweep.Value] = "its plan has format 9";
        Assert.Equal("the queue of pool 'gpu' could not load the sweep and has set it aside: its plan has format 9", Obstacle());
    }

    [Fact]
    public void A_sweep_that_only_waits_its_turn_has_none()
    {
        Ask("a", Able);
        _book.Offer(Share(), [new(new(0), 1)], default);
        Assert.Null(Obstacle());
        _book.Configure(Share() with { Paused = true });
        Assert.Null(Obstacle());
    }

    private static SweepShare Share() => new(Sweep, 0, 0, 1, Paused: false, TrainerVersion.Current);

    private void Ask(string silo, WorkerOffer offer) => _book.Lease(LeaseId.New(), new Asker(silo, $"{silo}/1", offer), default);

    private string? Obstacle() => QueueObstacles.Of(Sweep, "gpu", _book, _silos, _setAside, default);

    private string? Expected()
    {
        _book.Offer(Share(), [new(new(0), 1)], default);
        return Obstacle();
    }

    private void Expect(string words) => Assert.Equal(words, Expected());
}
