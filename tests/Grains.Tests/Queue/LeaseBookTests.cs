using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using AdaptCluster.Storage;
using CsCheck;

namespace AdaptCluster.Grains.Tests.Queue;

public sealed partial class LeaseBookTests
{
    private static readonly SweepId First = new("first-00000000"), Second = new("second-00000000");
    private static readonly LeaseTimes Times = new(Seconds(60), Seconds(600), Seconds(30));
    private static readonly WorkerOffer Able = new([TrainerVersion.Current], [Precision.Float32], "cpu", "2", 1);
    private readonly LeaseBook _book = new(Times);
    private TimeSpan _now;

    [Fact]
    public void Within_a_sweep_the_longest_pack_goes_first_and_equals_go_in_order()
    {
        Offer(First, (0, 10), (1, 30), (2, 20), (3, 30));

        Assert.Equal([1, 3, 2, 0], Enumerable.Range(0, 4).Select(_ => Lease()!.Pack.Number.Value));
        Assert.Null(Lease());
    }

    [Fact]
    public void Equal_sweeps_share_the_workers_whatever_the_length_of_their_packs()
    {
        Offer(First, (0, 100), (1, 100), (2, 100), (3, 100));
        Offer(Second, (0, 1), (1, 1));

        Assert.Equal([First, Second, First, Second, First, First], Enumerable.Range(0, 6).Select(_ => SweepOf(Lease()!)));
    }

    [Fact]
    public void A_sweep_of_higher_priority_takes_every_free_worker_also_when_it_is_raised_later()
    {
        Offer(First, (0, 1), (1, 1), (2, 1));
        Offer(Second, (0, 1), (1, 1));

        Assert.Equal(First, SweepOf(Lease()!));
        _book.Configure(Share(Second) with { Priority = 1 });
        Assert.Equal([Second, Second, First, First], Enumerable.Range(0, 4).Select(_ => SweepOf(Lease()!)));
    }

    [Fact]
    public void A_sweep_has_at_most_as_many_leases_as_it_is_allowed()
    {
        Offer(First, (0, 1), (1, 1), (2, 1));
        _book.Configure(Share(First) with { Parallel = 2 });

        var lease = Lease()!;
        Assert.NotNull(Lease());
        Assert.Null(Lease());
        End(lease);
        Assert.NotNull(Lease());
    }

    [Fact]
    public void Leasable_are_the_packs_that_more_workers_would_get()
    {
        Offer(First, (0, 1), (1, 1), (2, 1), (3, 1));
        Offer(Second, (0, 1));
        Assert.Equal(5, _book.Leasable);

        _book.Configure(Share(First) with { Parallel = 2 });
        Assert.Equal((3, 5), (_book.Leasable, _book.Waiting));
        Assert.Equal([First, Second, First], Enumerable.Range(0, 3).Select(_ => SweepOf(Lease()!)));
        Assert.Equal((0, 2), (_book.Leasable, _book.Waiting));
        _book.Configure(Share(First) with { Parallel = 1 });
        Assert.Equal(0, _book.Leasable);
        _book.Configure(Share(First));
        Assert.Equal(2, _book.Leasable);
        _book.Configure(Share(First) with { Paused = true });
        Assert.Equal((0, 2), (_book.Leasable, _book.Waiting));
        _book.Withdraw(First, _now);
        Assert.Equal((0, 0), (_book.Leasable, _book.Waiting));
    }

    [Fact]
    public void A_paused_sweep_leases_nothing_and_its_leases_hear_how_to_end()
    {
        Offer(First, (0, 1), (1, 1));
        var lease = Lease()!;

        _book.Configure(Share(First) with { Paused = true });
        _book.Direct(First, LeaseDirective.Drain, _now);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Drain, Renew(lease));
        _book.Direct(First, LeaseDirective.Stop, _now);
        Assert.Equal(LeaseDirective.Stop, Renew(lease));
        _book.Direct(First, LeaseDirective.Drain, _now);
        Assert.Equal(LeaseDirective.Stop, Renew(lease));

        _book.Configure(Share(First));
        _book.Direct(First, LeaseDirective.Continue, _now);
        Assert.Equal(LeaseDirective.Continue, Renew(lease));
        Assert.NotNull(Lease());
    }

    [Fact]
    public void The_same_number_is_granted_once_however_often_it_is_asked_for_and_never_again_after_its_end()
    {
        Offer(First, (0, 1), (1, 1));
        var id = LeaseId.New();

        var lease = _book.Lease(id, Asker("w"), _now)!;
        for (var repeated = 0; repeated < 10; repeated++) Assert.Same(lease, _book.Lease(id, Asker("w"), _now));
        Assert.Equal((1, 1), (_book.Leased, _book.Waiting));
        _book.End(id);
        Assert.Null(_book.Lease(id, Asker("w"), _now));
        _book.Confirm(id, null, _now);
        Assert.Null(_book.Lease(id, Asker("w"), _now));
        Assert.Null(_book.End(id));
        Assert.Equal((0, 1), (_book.Leased, _book.Waiting));
    }

    [Fact]
    public void A_pack_waits_for_nobody_until_the_sweep_has_confirmed_the_end_of_its_lease()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;

        _book.End(lease.Id);
        Assert.Null(Lease());
        Assert.Equal([lease], _book.Ending);
        Assert.Contains(lease.Id, _book.Holding(First).Leases);
        _book.Confirm(lease.Id, new PackOffer(new(0), 1), _now);
        Assert.NotNull(Lease());
    }

    [Fact]
    public void A_pack_that_comes_back_with_a_delay_waits_for_it()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        _book.End(lease.Id);
        lease.Sweep.HoldBack(lease.Pack, Seconds(5), _now);
        _book.Confirm(lease.Id, new PackOffer(new(0), 1), _now);

        _now = Seconds(4);
        Assert.Null(Lease());
        _now = Seconds(5);
        Assert.NotNull(Lease());
    }

    [Fact]
    public void A_pack_offered_twice_is_leased_once_and_one_offered_with_its_lease_stays_with_its_holder()
    {
        var lease = LeaseId.New();
        _book.Offer(Share(First), [new(new(0), 1), new(new(1), 1, lease, "old")], _now);
        Offer(First, (0, 1));
        _book.Offer(Share(First), [new(new(1), 1, lease, "old")], _now);

        Assert.Equal(new(0), Lease()!.Pack.Number);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Continue, _book.Renew(lease, null, _now));
        Assert.Equal("old", _book.End(lease)!.Worker);
    }

    [Fact]
    public void Of_a_pack_that_is_leased_and_waits_in_part_the_rest_goes_to_another_worker()
    {
        var lease = LeaseId.New();
        _book.Offer(Share(First), [new(new(0), 30, lease, "old"), new(new(0), 10, Parts: 2)], _now);

        Assert.Equal((0, 2), (Lease()!.Pack.Number.Value, _book.Leased));
        Assert.Null(Lease());
    }

    [Fact]
    public void A_withdrawn_sweep_leaves_nothing_behind_once_its_leases_have_ended()
    {
        Offer(First, (0, 1), (1, 1));
        var lease = Lease()!;

        _book.Withdraw(First, _now);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Stop, Renew(lease));
        End(lease, left: 1);

        Assert.Equal((0, 0), (_book.Waiting, _book.Leased));
        Assert.Null(_book.PacksOf(First));
    }

    [Fact]
    public void A_sweep_goes_only_to_workers_of_its_trainer_version_and_a_pack_only_to_those_of_its_precision()
    {
        _book.Offer(Share(First) with { Trainer = TrainerVersion.Current + 1 }, [new(new(0), 1)], _now);
        _book.Offer(Share(Second), [new(new(0), 1, Precision: Precision.Bfloat16)], _now);

        Assert.Null(_book.Lease(LeaseId.New(), Asker("a"), _now));
        Assert.Equal(First,
            SweepOf(_book.Lease(LeaseId.New(), Asker("b") with { Offer = Able with { Trainers = [TrainerVersion.Current + 1] } }, _now)!));
        Assert.Equal(Second,
            SweepOf(_book.Lease(LeaseId.New(), Asker("c") with { Offer = Able with { Precisions = [Precision.Bfloat16] } }, _now)!));
    }

    [Fact]
    public void A_pack_that_a_silo_cannot_run_is_left_to_others_and_one_whose_jobs_failed_there_goes_to_others_first()
    {
        Offer(First, (0, 1));
        var pack = _book.PacksOf(First)!.Known[new(0)];
        pack.Avoided.Add("bad", Seconds(600), "it lacks the files");
        Assert.Null(_book.Lease(LeaseId.New(), new Asker("bad", "bad/1", Able), _now));
        var good = _book.Lease(LeaseId.New(), new Asker("good", "good/1", Able), _now)!;
        _book.Confirm(_book.End(good.Id)!.Id, new PackOffer(new(0), 1), _now);

        pack.FailedOn = ("good", Seconds(600));
        Assert.Null(_book.Lease(LeaseId.New(), new Asker("good", "good/1", Able), _now));
        Assert.NotNull(_book.Lease(LeaseId.New(), new Asker("third", "third/1", Able), _now));
    }

    [Fact]
    public void A_silo_that_lacks_a_data_set_gets_no_pack_of_it_and_those_of_others()
    {
        _book.Offer(Share(First),
            [new(new(0), 3) { Dataset = "dtd" }, new(new(1), 2) { Dataset = "dtd" }, new(new(2), 1) { Dataset = "pets" }], _now);
        _book.Offer(Share(Second), [new(new(0), 1) { Dataset = "dtd" }], _now);
        Lease()!.Pack.Avoided.Add("s", Seconds(600), "it lacks the files");

        Assert.Equal([(Second, 0), (First, 2)], Enumerable.Range(0, 2).Select(_ => Lease()!)
            .Select(lease => (SweepOf(lease), lease.Pack.Number.Value)));
        Assert.Null(Lease());
    }

    [Fact]
    public void Of_two_sweeps_with_the_same_place_in_the_order_of_submission_the_same_one_goes_first_in_whatever_order_they_came()
    {
        foreach (var sweeps in (SweepId[][])[[First, Second], [Second, First]])
        {
            var book = new LeaseBook(Times);
            foreach (var sweep in sweeps) book.Offer(Share(sweep) with { Order = 7 }, [new(new(0), 1)], _now);
            Assert.Equal(First, SweepOf(book.Lease(LeaseId.New(), Asker("w"), _now)!));
        }
    }

    [Fact]
    public void The_waits_before_the_next_tries_of_a_pack_are_1_10_and_60_seconds() =>
        Assert.Equal([1, 10, 60, 60, 60], ((int[])[0, 1, 2, 3, 400])
            .Select(setbacks => new QueueOptions().DelayAfter(setbacks).TotalSeconds));

    [Fact]
    public void A_pack_whose_jobs_failed_on_the_only_silo_goes_back_to_it()
    {
        Offer(First, (0, 1));
        _book.PacksOf(First)!.Known[new(0)].FailedOn = ("s", Seconds(600));

        Assert.NotNull(Lease());
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_a_part_is_in_at_most_one_hand_and_none_is_lost() =>
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 3]).Array[0, 200].Sample(steps =>
        {
            const int packs = 4, parts = 3;
            var book = new LeaseBook(Times);
            var (now, held, left) = (TimeSpan.Zero, new Dictionary<LeaseId, HeldLease>(), Enumerable.Repeat(parts, packs).ToArray());
            // What the store would say: parts of a pack that no lease has.
            int Waiting(int pack) => left[pack] - held.Values.Where(lease => lease.Pack.Number.Value == pack).Sum(lease => lease.Parts);
            void Confirm(LeaseId id, int pack) =>
                book.Confirm(id, Waiting(pack) > 0 ? new PackOffer(new(pack), Waiting(pack), Parts: Waiting(pack)) : null, now);
            book.Offer(Share(First), Enumerable.Range(0, packs).Select(pack => new PackOffer(new(pack), parts, Parts: parts)), now);
            foreach (var (action, which) in steps)
            {
                var id = held.Keys.ElementAtOrDefault(which);
                switch (action)
                {
                    case 0 when book.Lease(LeaseId.New(), Asker($"w{which}"), now) is { } taken:
                        Assert.InRange(taken.Parts, 1, Waiting(taken.Pack.Number.Value));
                        held.Add(taken.Id, taken);
                        break;
                    case 1 or 2 when id != default:
                        // Done with all of it, or handed back.
                        Assert.NotNull(book.End(id));
                        held.Remove(id, out var ended);
                        if (action == 1) left[ended!.Pack.Number.Value] -= ended.Parts;
                        Confirm(id, ended!.Pack.Number.Value);
                        break;
                    case 3 when id != default: Assert.NotEqual(LeaseDirective.Lost, book.Renew(id, null, now)); break;
                    case 4:
                        now += Seconds(61);
                        var overdue = book.Overdue(now).Select(lost => lost.Lease.Id).ToArray();
                        Assert.Equal(held.Keys.OrderBy(lease => lease.Value), overdue.OrderBy(lease => lease.Value));
                        foreach (var lost in overdue)
                        {
                            book.End(lost);
                            held.Remove(lost, out var gone);
                            Confirm(lost, gone!.Pack.Number.Value);
                        }
                        break;
                    case 5 when Waiting(which) > 0:
                        book.Offer(Share(First),
                        [new(new(which), Waiting(which), Parts: Waiting(which))], now); break;
                    case 6: book.Configure(Share(First) with { Paused = which == 0, Parallel = which }); break;
                    case 8:
                        book.Refresh(held.Values.Select(lease =>
                            new PackOffer(lease.Pack.Number, lease.Parts, lease.Id, Parts: lease.Parts)), now);
                        book.Divide(now);
                        Assert.InRange(held.Values.Count(lease => lease.Directive == LeaseDirective.Stop), 0, 1);
                        break;
                    case 7: now += Seconds(which); held.Keys.ToList().ForEach(lease => book.Renew(lease, null, now)); break;
                }
                Assert.Equal(held.Count, book.Leased);
                var waiting = book.Holding(First).WaitingPacks!;
                Assert.Equal(Enumerable.Range(0, packs).Where(pack => Waiting(pack) > 0), waiting.Order().Select(pack => pack.Value));
                foreach (var pack in waiting) Assert.Equal(Waiting(pack.Value), book.PacksOf(First)!.Known[pack].Parts);
            }
        });

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static SweepShare Share(SweepId sweep) =>
        new(sweep, Priority: 0, Parallel: 0, Order: sweep == First ? 1 : 2, Paused: false, TrainerVersion.Current);

    private static SweepId SweepOf(HeldLease lease) => lease.Sweep.Share.Sweep;

    private static Asker Asker(string worker) => new("s", worker, Able);

    private void Offer(SweepId sweep, params (int Pack, long Iterations)[] packs) =>
        _book.Offer(Share(sweep), packs.Select(p => new PackOffer(new(p.Pack), p.Iterations)), _now);

    private HeldLease? Lease() => _book.Lease(LeaseId.New(), Asker("w"), _now);

    private LeaseDirective Renew(HeldLease lease) => _book.Renew(lease.Id, null, _now);

    private void End(HeldLease lease, int left = 0)
    {
        _book.End(lease.Id);
        _book.Confirm(lease.Id, left > 0 ? new PackOffer(lease.Pack.Number, lease.Pack.Iterations, Parts: left) : null, _now);
    }
}
