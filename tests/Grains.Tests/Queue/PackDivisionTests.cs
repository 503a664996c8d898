using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Grains.Tests.Queue;

/// <summary>Workers that are free get parts of packs, whether they were there when the packs were leased or came later.</summary>
public sealed class PackDivisionTests
{
    private static readonly SweepId First = new("first-00000000"), Second = new("second-00000000");
    private static readonly WorkerOffer Able = new([TrainerVersion.Current], [Precision.Float32], "cpu", "2", 1);
    private readonly LeaseBook _book = new(new LeaseTimes(Seconds(60), Seconds(600), Seconds(30)));
    private TimeSpan _now;

    [Fact]
    public void One_pack_is_divided_among_all_workers_that_are_free()
    {
        foreach (var worker in (string[])["a", "b", "c", "d"]) Assert.Null(Ask(worker));
        _book.Offer(Share(First), [new(new(0), 1200, Parts: 12)], _now);

        Assert.Equal([3, 3, 3, 3], ((string[])["a", "b", "c", "d"]).Select(worker => Ask(worker)!.Parts));
        Assert.Equal(0, _book.Waiting);
    }

    [Fact]
    public void A_pack_stays_whole_where_there_are_packs_enough_or_one_worker_only()
    {
        Assert.Null(Ask("a"));
        _book.Offer(Share(First), [new(new(0), 10, Parts: 5)], _now);
        Assert.Equal(5, Ask("a")!.Parts);

        Assert.Null(Ask("b"));
        Assert.Null(Ask("c"));
        _book.Offer(Share(Second), [new(new(0), 10, Parts: 5), new(new(1), 10, Parts: 5)], _now);
        Assert.Equal([5, 5], ((string[])["b", "c"]).Select(worker => Ask(worker)!.Parts));
    }

    [Fact]
    public void Workers_that_have_not_asked_for_some_seconds_are_not_waited_for()
    {
        Assert.Null(Ask("gone"));
        _now = Seconds(6);
        _book.Offer(Share(First), [new(new(0), 10, Parts: 4)], _now);

        Assert.Equal(4, Ask("a")!.Parts);
    }

    [Fact]
    public void A_worker_that_comes_later_gets_half_of_what_another_holds()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 40);
        Say(held, parts: 10, iterations: 1000);

        Assert.Same(held, _book.Divide(_now));
        Assert.Equal(LeaseDirective.Stop, Renew(held));
        HandBack(held, parts: 10, iterations: 1000);

        Assert.Equal([5, 5], ((string[])["b", "a"]).Select(worker => Ask(worker)!.Parts));
        Assert.Equal(0, _book.Waiting);
    }

    [Fact]
    public void One_lease_is_divided_at_a_time_and_of_several_the_one_with_the_most_unfinished_work()
    {
        _book.Offer(Share(First), [new(new(0), 1200, Parts: 12), new(new(1), 1100, Parts: 12)], _now);
        var (longer, shorter) = (Ask("a")!, Ask("b")!);
        Idle("c", 40, longer, shorter);
        Say(longer, parts: 9, iterations: 850);
        Say(shorter, parts: 9, iterations: 900);

        Assert.Same(shorter, _book.Divide(_now));
        Assert.Null(_book.Divide(_now));
        _book.End(shorter.Id, _now);
        Assert.Null(_book.Divide(_now));
        _book.Confirm(shorter.Id, null, _now);
        Assert.Same(longer, _book.Divide(_now));
    }

    [Fact]
    public void A_lease_that_is_to_be_divided_is_not_taken_back_though_its_worker_cannot_hand_it_back_yet_unless_it_must_stop()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 40);
        Say(held, parts: 12, iterations: 1190);
        Assert.NotNull(_book.Divide(_now));

        _now = Seconds(75);
        Renew(held);
        Assert.Empty(_book.Overdue(_now));
        _book.Direct(First, LeaseDirective.Stop, _now);
        _now = Seconds(105);
        Renew(held);
        Assert.Equal([(held, LeaseLoss.Unstoppable)], _book.Overdue(_now));
    }

    [Fact]
    public void A_lease_that_was_granted_a_moment_ago_is_not_divided()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 28);
        Say(held, parts: 12, iterations: 1190);
        Assert.Null(_book.Divide(_now));

        Idle("b", 32);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void A_lease_that_has_ended_no_epoch_may_load_still_and_is_not_divided()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 100);
        Say(held, parts: 12, iterations: 1200);
        Assert.Null(_book.Divide(_now));

        Say(held, parts: 12, iterations: 1190);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void A_divided_lease_that_does_not_stop_keeps_others_from_being_divided_for_a_time_only()
    {
        _book.Offer(Share(First), [new(new(0), 1200, Parts: 12), new(new(1), 1100, Parts: 12)], _now);
        var (longer, shorter) = (Ask("a")!, Ask("b")!);
        Idle("c", 40, longer, shorter);
        Say(longer, parts: 12, iterations: 1190);
        Say(shorter, parts: 12, iterations: 1090);
        Assert.Same(longer, _book.Divide(_now));

        Idle("c", 68, longer, shorter);
        Say(shorter, parts: 12, iterations: 1090);
        Assert.Null(_book.Divide(_now));
        Idle("c", 72, longer, shorter);
        Assert.Same(shorter, _book.Divide(_now));
    }

    [Fact]
    public void Nothing_is_divided_for_a_silo_where_its_jobs_failed_lately_or_that_lacked_their_files_before_it_has_run_some()
    {
        Assert.Null(Ask("c", silo: "another"));
        _now = Seconds(10);
        var held = LeaseAll(parts: 12);
        Idle("b", 50);
        Say(held, parts: 12, iterations: 1190);
        held.Pack.FailedOn = ("s", Seconds(100));
        Assert.Null(_book.Divide(_now));
        held.Pack.FailedOn = ("s", _now);
        held.Pack.Avoided.Add("s", _now, "it lacks the files");
        Assert.Null(_book.Divide(_now));

        held.Pack.Avoided.Remove("s");
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void A_pack_stays_whole_while_its_sweep_may_be_on_a_silo_that_begins_whole_packs()
    {
        foreach (var worker in (string[])["a", "b"]) Assert.Null(Ask(worker));
        _book.Offer(Share(First), [new(new(0), 1000, Parts: 10)], _now);
        _book.PacksOf(First)!.BeginsParts = false;

        Assert.Equal(10, Ask("a")!.Parts);
    }

    [Fact]
    public void A_lease_is_not_divided_for_a_worker_that_has_just_come()
    {
        var held = LeaseAll(parts: 12);
        _now = Seconds(100);
        Say(held, parts: 12, iterations: 1190);
        Idle("b", 104);
        Assert.Null(_book.Divide(_now));

        Idle("b", 106);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void The_last_part_of_a_lease_and_one_whose_sweep_does_not_say_what_is_left_are_not_divided()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 40);
        Assert.Null(_book.Divide(_now));

        Say(held, parts: 1, iterations: 100);
        Assert.Null(_book.Divide(_now));
    }

    [Fact]
    public void Nothing_is_divided_while_the_sweep_does_not_answer_as_while_the_store_is_away()
    {
        var held = LeaseAll(parts: 12);
        _now = Seconds(20);
        Say(held, parts: 12, iterations: 1190);
        Idle("b", 52);
        Assert.Null(_book.Divide(_now));

        Say(held, parts: 12, iterations: 1190);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void A_lease_that_ends_within_a_minute_at_its_pace_is_not_divided()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 100);
        Say(held, parts: 6, iterations: 440);
        Assert.Null(_book.Divide(_now));

        Say(held, parts: 6, iterations: 460);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void Nothing_is_divided_while_something_else_waits_for_the_worker_also_for_its_next_try()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 40);
        Say(held, parts: 12, iterations: 1190);
        _book.Offer(Share(Second), [new(new(0), 1)], _now);
        Assert.Null(_book.Divide(_now));
        _book.PacksOf(Second)!.HoldBack(_book.PacksOf(Second)!.Known[new(0)], Seconds(60), _now);
        Assert.Null(_book.Divide(_now));

        _book.Withdraw(Second, _now);
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void Nothing_is_divided_for_workers_that_cannot_run_it_or_beyond_the_sweeps_cap()
    {
        var held = LeaseAll(parts: 12);
        Idle("b", 40, Able with { Trainers = [TrainerVersion.Current + 1] });
        Say(held, parts: 12, iterations: 1190);
        Assert.Null(_book.Divide(_now));
        Idle("c", 80, Able with { Precisions = [Precision.Tf32] });
        Say(held, parts: 12, iterations: 1190);
        Assert.Null(_book.Divide(_now));
        Idle("d", 120);
        Say(held, parts: 12, iterations: 1190);
        _book.Configure(Share(First) with { Parallel = 1 });
        Assert.Null(_book.Divide(_now));

        _book.Configure(Share(First) with { Parallel = 2 });
        Assert.NotNull(_book.Divide(_now));
    }

    [Fact]
    public void A_sweep_is_asked_now_and_then_what_is_left_of_leases_of_several_parts()
    {
        var held = LeaseAll(parts: 12);
        Assert.Empty(_book.ToAsk(_now));
        _now = Seconds(20);
        Assert.Equal([held], _book.ToAsk(_now));
        Assert.Empty(_book.ToAsk(_now));

        _now = Seconds(40);
        Assert.Equal([held], _book.ToAsk(_now));
        Say(held, parts: 1, iterations: 100);
        _now = Seconds(60);
        Assert.Empty(_book.ToAsk(_now));
    }

    [Fact]
    public void Another_sweep_whose_cap_leaves_it_one_worker_does_not_keep_a_pack_whole()
    {
        foreach (var worker in (string[])["a", "b", "c", "d"]) Assert.Null(Ask(worker));
        _book.Offer(Share(Second) with { Parallel = 1 },
            [new(new(0), 1000, Parts: 10), new(new(1), 1000, Parts: 10), new(new(2), 1000, Parts: 10), new(new(3), 1000, Parts: 10)], _now);
        _book.Offer(Share(First), [new(new(0), 1200, Parts: 12)], _now);

        var leases = ((string[])["a", "b", "c", "d"]).Select(worker => Ask(worker)!).ToLookup(lease => lease.Sweep.Share.Sweep);
        Assert.Equal([4, 4, 4], leases[First].Select(lease => lease.Parts));
        Assert.Equal([10], leases[Second].Select(lease => lease.Parts));
    }

    [Fact]
    public void Packs_that_the_free_workers_cannot_run_do_not_keep_a_pack_whole()
    {
        foreach (var worker in (string[])["a", "b"]) Assert.Null(Ask(worker));
        _book.Offer(Share(First), [new(new(0), 1000, Parts: 10), new(new(1), 900, Precision: Precision.Bfloat16),
            new(new(2), 900, Precision: Precision.Bfloat16)], _now);
        _book.Offer(Share(Second) with { Trainer = TrainerVersion.Current + 1 }, [new(new(0), 1000), new(new(1), 1000)], _now);

        Assert.Equal([5, 5], ((string[])["a", "b"]).Select(worker => Ask(worker)!.Parts));
    }

    [Fact]
    public void A_pack_is_not_divided_for_workers_that_cannot_run_it()
    {
        Assert.Null(Ask("a"));
        Assert.Null(Ask("b", Able with { Precisions = [Precision.Tf32] }));
        _book.Offer(Share(First), [new(new(0), 1000, Parts: 10)], _now);

        Assert.Equal(10, Ask("a")!.Parts);
    }

    [Fact]
    public void Leasable_are_the_parts_that_workers_could_take_of_what_waits_and_of_what_others_hold()
    {
        _book.Offer(Share(First), [new(new(0), 1200, Parts: 12)], _now);
        Assert.Equal((1, 12), (_book.Waiting, _book.Leasable));

        var held = Ask("a")!;
        Assert.Equal(0, _book.Leasable);
        Say(held, parts: 12, iterations: 1190);
        Assert.Equal(11, _book.Leasable);
        _book.Configure(Share(First) with { Parallel = 4 });
        Assert.Equal(3, _book.Leasable);
        _book.Configure(Share(First) with { Paused = true });
        Assert.Equal(0, _book.Leasable);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private static SweepShare Share(SweepId sweep) =>
        new(sweep, Priority: 0, Parallel: 0, Order: sweep == First ? 1 : 2, Paused: false, TrainerVersion.Current);

    private HeldLease LeaseAll(int parts)
    {
        _book.Offer(Share(First), [new(new(0), parts * 100, Parts: parts)], _now);
        var lease = Ask("a")!;
        Assert.Equal(parts, lease.Parts);
        return lease;
    }

    private HeldLease? Ask(string worker, WorkerOffer? offer = null, string silo = "s") =>
        _book.Lease(LeaseId.New(), new Asker(silo, worker, offer ?? Able), _now);

    private void Idle(string worker, double until, params HeldLease[] renewed) => Idle(worker, until, Able, renewed);

    /// <summary>A worker asks every two seconds and gets nothing, while others work.</summary>
    private void Idle(string worker, double until, WorkerOffer offer, params HeldLease[] renewed)
    {
        for (; _now < Seconds(until); _now += Seconds(2))
        {
            Assert.Null(Ask(worker, offer));
            foreach (var lease in renewed) Renew(lease);
        }
        Assert.Null(Ask(worker, offer));
    }

    private LeaseDirective Renew(HeldLease lease) => _book.Renew(lease.Id, null, _now);

    private void Say(HeldLease lease, int parts, long iterations) =>
        _book.Refresh([new(lease.Pack.Number, iterations, lease.Id, Parts: parts)], _now);

    private void HandBack(HeldLease lease, int parts, long iterations)
    {
        _book.End(lease.Id, _now);
        _book.Confirm(lease.Id, new PackOffer(lease.Pack.Number, iterations, Parts: parts), _now);
    }
}
