using AdaptCluster.Contracts.Queue;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using CsCheck;

namespace AdaptCluster.Grains.Tests.Queue;

public sealed class LeaseBookTests
{
    private static readonly SweepId First = new("first-00000000"), Second = new("second-00000000");
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;
    private readonly LeaseBook _book = new();

    [Fact]
    public void Within_a_sweep_the_longest_pack_goes_first_and_equals_go_in_order()
    {
        Offer(First, (0, 10), (1, 30), (2, 20), (3, 30));

        Assert.Equal([1, 3, 2, 0], Enumerable.Range(0, 4).Select(_ => Lease()!.Pack));
        Assert.Null(Lease());
    }

    [Fact]
    public void Equal_sweeps_share_the_workers_whatever_the_length_of_their_packs()
    {
        Offer(First, (0, 100), (1, 100), (2, 100), (3, 100));
        Offer(Second, (0, 1), (1, 1));

        Assert.Equal([First, Second, First, Second, First, First], Enumerable.Range(0, 6).Select(_ => Lease()!.Sweep));
    }

    [Fact]
    public void A_sweep_of_higher_priority_takes_every_free_worker_also_when_it_is_raised_later()
    {
        Offer(First, (0, 1), (1, 1), (2, 1));
        Offer(Second, (0, 1), (1, 1));

        Assert.Equal(First, Lease()!.Sweep);
        _book.Configure(Share(Second) with { Priority = 1 });
        Assert.Equal([Second, Second, First, First], Enumerable.Range(0, 4).Select(_ => Lease()!.Sweep));
    }

    [Fact]
    public void A_sweep_has_at_most_as_many_leases_as_it_is_allowed()
    {
        Offer(First, (0, 1), (1, 1), (2, 1));
        _book.Configure(Share(First) with { Parallel = 2 });

        var lease = Lease()!;
        Assert.NotNull(Lease());
        Assert.Null(Lease());
        _book.End(lease.Id, requeue: false, default);
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
        Assert.Equal([First, Second, First], Enumerable.Range(0, 3).Select(_ => Lease()!.Sweep));
        Assert.Equal((0, 2), (_book.Leasable, _book.Waiting));
        _book.Configure(Share(First) with { Parallel = 1 });
        Assert.Equal(0, _book.Leasable);
        _book.Configure(Share(First));
        Assert.Equal(2, _book.Leasable);
        _book.Configure(Share(First) with { Paused = true });
        Assert.Equal((0, 2), (_book.Leasable, _book.Waiting));
        _book.Withdraw(First);
        Assert.Equal((0, 0), (_book.Leasable, _book.Waiting));
    }

    [Fact]
    public void A_paused_sweep_leases_nothing_and_its_leases_hear_how_to_end()
    {
        Offer(First, (0, 1), (1, 1));
        var lease = Lease()!;

        _book.Configure(Share(First) with { Paused = true });
        _book.Direct(First, LeaseDirective.Drain);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Drain, Renew(lease));
        _book.Direct(First, LeaseDirective.Stop);
        Assert.Equal(LeaseDirective.Stop, Renew(lease));
        _book.Direct(First, LeaseDirective.Drain);
        Assert.Equal(LeaseDirective.Stop, Renew(lease));

        _book.Configure(Share(First));
        _book.Direct(First, LeaseDirective.Continue);
        Assert.Equal(LeaseDirective.Continue, Renew(lease));
        Assert.NotNull(Lease());
    }

    [Fact]
    public void An_overdue_lease_is_found_once_and_its_holder_no_longer_renews_when_it_was_ended()
    {
        Offer(First, (0, 1));
        var lost = Lease()!;
        _book.Renew(lost.Id, Start.AddSeconds(90));

        Assert.Empty(_book.Overdue(Start.AddSeconds(89)));
        Assert.Equal([lost.Id], _book.Overdue(Start.AddSeconds(90)));
        Assert.Equal((First, 0, "w"), _book.End(lost.Id, requeue: true, default));
        Assert.Equal(LeaseDirective.Lost, Renew(lost));

        var taken = Lease()!;
        Assert.Null(_book.End(lost.Id, requeue: true, default));
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Continue, Renew(taken));
    }

    [Fact]
    public void A_pack_that_comes_back_with_a_delay_waits_for_it()
    {
        Offer(First, (0, 1));
        _book.End(Lease()!.Id, requeue: true, Start.AddSeconds(5));

        Assert.Null(_book.Lease("w", Start.AddSeconds(4), Start, default));
        Assert.NotNull(_book.Lease("w", Start.AddSeconds(5), Start, default));
    }

    [Fact]
    public void A_pack_offered_twice_is_leased_once_and_one_offered_with_its_lease_stays_with_its_holder()
    {
        var lease = Guid.NewGuid();
        _book.Offer(Share(First), [new(0, 1), new(1, 1, lease, "old")], Start, Start.AddSeconds(60));
        Offer(First, (0, 1), (1, 1));

        Assert.Equal(0, Lease()!.Pack);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Continue, _book.Renew(lease, Start.AddSeconds(60)));
        Assert.Equal((First, 1, "old"), _book.End(lease, requeue: false, default));
    }

    [Fact]
    public void A_pack_that_is_offered_while_it_is_leased_waits_again_after_that_lease()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        Offer(First, (0, 1));
        Assert.Null(Lease());

        _book.End(lease.Id, requeue: false, default);
        _book.End(Lease()!.Id, requeue: false, default);
        Assert.Null(Lease());
    }

    [Fact]
    public void A_withdrawn_sweep_leaves_nothing_behind_once_its_leases_have_confirmed()
    {
        Offer(First, (0, 1), (1, 1));
        var lease = Lease()!;

        _book.Withdraw(First);
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Stop, Renew(lease));
        _book.End(lease.Id, requeue: true, default);

        Assert.Equal((0, 0), (_book.Waiting, _book.Leased));
        Assert.Null(Lease());
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_a_pack_is_in_at_most_one_hand_and_none_is_lost() =>
        Gen.Select(Gen.Int[0, 7], Gen.Int[0, 3]).Array[0, 200].Sample(steps =>
        {
            var book = new LeaseBook();
            var (now, held, done, again) = (Start, new Dictionary<Guid, int>(), new HashSet<int>(), new HashSet<int>());
            book.Offer(Share(First), Enumerable.Range(0, 4).Select(pack => new PackOffer(pack, pack)), now, now);
            foreach (var (action, which) in steps)
            {
                var lease = held.Keys.ElementAtOrDefault(which);
                switch (action)
                {
                    case 0 when book.Lease("w", now, now.AddSeconds(10), default) is { } taken:
                        Assert.DoesNotContain(taken.Pack, held.Values);
                        Assert.DoesNotContain(taken.Pack, done);
                        held.Add(taken.Id, taken.Pack);
                        break;
                    case 1 when lease != default:
                        book.End(lease, requeue: false, default);
                        if (!again.Remove(held[lease])) done.Add(held[lease]);
                        held.Remove(lease);
                        break;
                    case 2 when lease != default: book.End(lease, requeue: true, which > 1 ? now.AddSeconds(which) : default); again.Remove(held[lease]); held.Remove(lease); break;
                    case 3 when lease != default: Assert.NotEqual(LeaseDirective.Lost, book.Renew(lease, now.AddSeconds(10))); break;
                    case 4:
                        now = now.AddSeconds(11);
                        var overdue = book.Overdue(now);
                        Assert.Equal(held.Keys.Order(), overdue.Order());
                        foreach (var id in overdue) book.End(id, requeue: true, default);
                        held.Clear();
                        again.Clear();
                        break;
                    case 5 when !done.Contains(which):
                        book.Offer(Share(First), [new(which, which)], now, now);
                        if (held.ContainsValue(which)) again.Add(which);
                        break;
                    case 6: book.Configure(Share(First) with { Paused = which == 0, Parallel = which }); break;
                    case 7: now = now.AddSeconds(which); held.Keys.ToList().ForEach(id => book.Renew(id, now.AddSeconds(10))); break;
                }
                Assert.Equal(held.Count, book.Leased);
                Assert.Equal(4 - done.Count - held.Count, book.Waiting);
            }
        });

    private static SweepShare Share(SweepId sweep) => new(sweep, Priority: 0, Parallel: 0, Order: sweep == First ? 1 : 2, Paused: false);

    private void Offer(SweepId sweep, params (int Pack, long Iterations)[] packs) => _book.Offer(Share(sweep), packs.Select(p => new PackOffer(p.Pack, p.Iterations)), Start, Start);

    private Lease? Lease() => _book.Lease("w", Start, Start.AddSeconds(60), default);

    private LeaseDirective Renew(Lease lease) => _book.Renew(lease.Id, Start.AddSeconds(60));
}
