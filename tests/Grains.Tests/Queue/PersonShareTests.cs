using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using CsCheck;

namespace AdaptCluster.Grains.Tests.Queue;

/// <summary>How people share a queue, and what they may hold of it.</summary>
public sealed class PersonShareTests
{
    private static readonly LeaseTimes Times = new(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
    private static readonly WorkerOffer Able = new([TrainerVersion.Current], [Precision.Float32], "cpu", "2", 1);

    [Fact]
    public void A_person_with_fifty_sweeps_gets_as_much_as_one_with_a_single_sweep()
    {
        var book = new LeaseBook(Times, new QuotaOptions { FairByPerson = true });
        for (var i = 0; i < 50; i++) Offer(book, $"ada-{i}", "ada", packs: 20);
        Offer(book, "bob", "bob", packs: 20);

        Assert.Equal((10, 10), Shares(book, 20));

        var bySweep = new LeaseBook(Times);
        for (var i = 0; i < 50; i++) Offer(bySweep, $"ada-{i}", "ada", packs: 20);
        Offer(bySweep, "bob", "bob", packs: 20);
        Assert.Equal((50, 1), Shares(bySweep, 51));

        static (int, int) Shares(LeaseBook book, int workers)
        {
            var sweeps = Enumerable.Range(0, workers).Select(i => SweepOf(Lease(book, $"w{i}")!)).ToArray();
            var adas = sweeps.Count(sweep => sweep.StartsWith("ada", StringComparison.Ordinal));
            return (adas, workers - adas);
        }
    }

    [Fact]
    public void Of_one_persons_sweeps_each_gets_as_much_and_a_higher_priority_goes_first_as_ever()
    {
        var book = new LeaseBook(Times, new QuotaOptions { FairByPerson = true });
        Offer(book, "a1", "ada", packs: 9);
        Offer(book, "a2", "ada", packs: 9);
        Offer(book, "b1", "bob", packs: 9);
        Offer(book, "urgent", "ada", packs: 2, priority: 1);

        // What ada holds at the higher priority does not count at the lower one.
        Assert.Equal(["urgent", "urgent", "a1", "b1", "a2", "b1", "a1", "b1"],
            Enumerable.Range(0, 8).Select(i => SweepOf(Lease(book, $"w{i}")!).Split('-')[0]));
    }

    [Fact]
    public void Sweeps_of_nobody_known_share_as_one_persons()
    {
        var book = new LeaseBook(Times, new QuotaOptions { FairByPerson = true });
        Offer(book, "n1", null, packs: 9);
        Offer(book, "n2", null, packs: 9);
        Offer(book, "b1", "bob", packs: 9);

        Assert.Equal(["b1", "n1", "n2", "b1"], Enumerable.Range(0, 4).Select(i => SweepOf(Lease(book, $"w{i}")!).Split('-')[0]));
    }

    [Fact]
    public void What_a_person_or_a_group_may_not_hold_waits_while_others_go_on_and_says_why()
    {
        var book = new LeaseBook(Times, new QuotaOptions
        {
            Person = new QuotaLimits(Leases: 2),
            Groups = [new GroupQuota("vision", ["ada", "bob"], new QuotaLimits(Leases: 3))],
        });
        Offer(book, "a1", "ada", packs: 9);
        Offer(book, "a2", "ada", packs: 9);
        Offer(book, "a3", "ada", packs: 9);
        Offer(book, "b1", "bob", packs: 9);
        Offer(book, "c1", "cyd", packs: 9);
        // Two of each person, and three of ada and bob together.
        Assert.Equal(5, book.Leasable);

        Assert.Equal(["a1", "b1", "c1", "a2", "c1"], Enumerable.Range(0, 5).Select(i => SweepOf(Lease(book, $"w{i}")!).Split('-')[0]));

        Assert.Null(Lease(book, "w5"));
        Assert.Equal(0, book.Leasable);
        Assert.Equal(
            "its submitter 'ada' already holds the maximum of 2 leases in pool 'gpu' (Quota:Leases); the sweep continues when one of them "
            + "ends",
            Obstacle(book, "a3"));
        Assert.Null(Obstacle(book, "c1"));
        var first = book.Leases(9).First(lease => SweepOf(lease) == "a1-00000000");
        book.End(first.Id, TimeSpan.Zero);
        book.Confirm(first.Id, null, TimeSpan.Zero);
        Assert.Equal("a1", SweepOf(Lease(book, "w6")!).Split('-')[0]);
        book.End(book.Leases(9).First(lease => SweepOf(lease) == "a1-00000000").Id);
        Offer(book, "b2", "bob", packs: 1);
        Assert.Equal("a1", SweepOf(Lease(book, "w7")!).Split('-')[0]);
        Assert.Contains("its submitter's group 'vision' already holds the maximum of 3 leases in pool 'gpu' (Quota:Groups:vision:Leases)",
            Obstacle(book, "b2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Leases_count_for_whom_and_at_which_priority_the_sweep_has_now()
    {
        var book = new LeaseBook(Times, new QuotaOptions { FairByPerson = true });
        Offer(book, "a1", "ada", packs: 9);
        Offer(book, "b1", "bob", packs: 9);
        for (var i = 0; i < 4; i++) Lease(book, $"w{i}");

        // Ada's two leases go with her sweep to another priority, and come back.
        book.Configure(Share("a1", "ada", priority: -1));
        Offer(book, "a2", "ada", packs: 9);
        Assert.Equal(["a2", "a2"], Enumerable.Range(4, 2).Select(i => SweepOf(Lease(book, $"w{i}")!).Split('-')[0]));
        book.Configure(Share("a1", "ada"));
        Assert.Equal(["b1", "b1"], Enumerable.Range(6, 2).Select(i => SweepOf(Lease(book, $"w{i}")!).Split('-')[0]));
    }

    [Fact]
    public void Whatever_happens_nobody_holds_more_than_allowed_and_of_those_that_wait_the_one_with_least_goes_next() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 7], Gen.Int[0, 2]).Array[0, 120].Sample(steps =>
        {
            const int most = 4, together = 6;
            string[] people = ["ada", "bob", "cyd"];
            var book = new LeaseBook(Times, new QuotaOptions
            {
                FairByPerson = true,
                Person = new QuotaLimits(Leases: most),
                Groups = [new GroupQuota("two", ["ada", "bob"], new QuotaLimits(Leases: together))],
            });
            var (held, priority, paused) = (new List<HeldLease>(), new int[8], new bool[8]);
            string PersonOf(int sweep) => people[sweep % 3];
            int SweepNumber(HeldLease lease) => lease.Sweep.Share.Sweep.Value[1] - '0';
            int Held(string person) => held.Count(lease => PersonOf(SweepNumber(lease)) == person);
            bool MayHold(string person) => Held(person) < most && (person == "cyd" || Held("ada") + Held("bob") < together);
            void Treat(int sweep) => book.Configure(Share($"s{sweep}", PersonOf(sweep), priority[sweep], paused[sweep]));
            for (var sweep = 0; sweep < 8; sweep++) Offer(book, $"s{sweep}", PersonOf(sweep), packs: 200);
            foreach (var (action, which, value) in steps)
            {
                switch (action)
                {
                    case 0 or 1 or 2:
                        var open = Enumerable.Range(0, 8).Where(sweep => !paused[sweep] && MayHold(PersonOf(sweep))).ToArray();
                        Assert.Equal(Math.Min(open.Length, 1), Math.Min(book.Leasable, 1));
                        if (Lease(book, "w") is not { } lease)
                        {
                            Assert.Empty(open);
                            break;
                        }
                        var mine = SweepNumber(lease);
                        Assert.Contains(mine, open);
                        Assert.Equal(open.Max(sweep => priority[sweep]), priority[mine]);
                        int AtPriority(string person) => held.Count(other =>
                            PersonOf(SweepNumber(other)) == person && priority[SweepNumber(other)] == priority[mine]);
                        Assert.Equal(open.Where(sweep => priority[sweep] == priority[mine]).Min(sweep => AtPriority(PersonOf(sweep))),
                            AtPriority(PersonOf(mine)));
                        held.Add(lease);
                        break;
                    case 3 when held.ElementAtOrDefault(which) is { } ended:
                        book.End(ended.Id, TimeSpan.Zero);
                        book.Confirm(ended.Id, null, TimeSpan.Zero);
                        held.Remove(ended);
                        break;
                    case 4:
                        priority[which] = value;
                        Treat(which);
                        break;
                    case 5:
                        paused[which] = value == 0;
                        Treat(which);
                        break;
                }
                Assert.Equal(held.Count, book.Leased);
                Assert.All(people, person => Assert.InRange(Held(person), 0, most));
                Assert.InRange(Held("ada") + Held("bob"), 0, together);
            }
        });

    private static SweepShare Share(string name, string? person, int priority = 0, bool paused = false) =>
        new(new($"{name}-00000000"), priority, 0, Order: name[^1], paused, TrainerVersion.Current) { Person = person };

    private static void Offer(LeaseBook book, string name, string? person, int packs, int priority = 0) =>
        book.Offer(Share(name, person, priority), Enumerable.Range(0, packs).Select(pack => new PackOffer(new(pack), 1)), TimeSpan.Zero);

    private static HeldLease? Lease(LeaseBook book, string worker) =>
        book.Lease(LeaseId.New(), new Asker("silo", worker, Able), TimeSpan.Zero);

    private static string SweepOf(HeldLease lease) => lease.Sweep.Share.Sweep.Value;

    private static string? Obstacle(LeaseBook book, string name) => QueueObstacles.Of(new SweepId($"{name}-00000000"), "gpu", book,
        new SiloHealthBook(1, TimeSpan.FromMinutes(10)), new Dictionary<string, string>(), TimeSpan.Zero);
}
