using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Grains.Queue;
using CsCheck;

namespace AdaptCluster.Grains.Tests.Queue;

public sealed class LeaseBookTests
{
    private static readonly SweepId Sweep = new("s-00000000");
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void The_longest_pack_goes_first_and_equals_go_in_order()
    {
        var book = new LeaseBook();
        foreach (var (pack, iterations) in new[] { (0, 10), (1, 30), (2, 20), (3, 30) }) book.Offer(new(Sweep, pack, iterations));

        Assert.Equal([1, 3, 2, 0], Enumerable.Range(0, 4).Select(_ => book.Lease(Start)!.Value.Offer.Pack));
        Assert.Null(book.Lease(Start));
    }

    [Fact]
    public void An_overdue_lease_gives_its_pack_back_once_and_its_holder_no_longer_renews()
    {
        var book = new LeaseBook();
        book.Offer(new(Sweep, 0, 1));
        var lost = book.Lease(Start.AddSeconds(60))!.Value.Id;

        Assert.Empty(book.Expire(Start.AddSeconds(59)));
        Assert.Single(book.Expire(Start.AddSeconds(60)));
        Assert.False(book.Renew(lost, Start.AddSeconds(120)));
        var taken = book.Lease(Start.AddSeconds(120))!.Value.Id;
        book.End(lost, requeue: true);
        Assert.Null(book.Lease(Start));
        Assert.True(book.Renew(taken, Start.AddSeconds(180)));
    }

    [Fact]
    public void A_pack_offered_twice_is_leased_once()
    {
        var book = new LeaseBook();
        book.Offer(new(Sweep, 0, 1));
        book.Offer(new(Sweep, 0, 1));
        Assert.NotNull(book.Lease(Start));
        book.Offer(new(Sweep, 0, 1));
        Assert.Null(book.Lease(Start));
    }

    [Fact]
    public void Whatever_happens_in_whatever_order_a_pack_is_in_at_most_one_hand_and_none_is_lost() =>
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3]).Array[0, 200].Sample(steps =>
        {
            var book = new LeaseBook();
            var (now, held, done) = (Start, new Dictionary<Guid, int>(), new HashSet<int>());
            for (var pack = 0; pack < 4; pack++) book.Offer(new(Sweep, pack, pack));
            foreach (var (action, which) in steps)
            {
                var lease = held.Keys.ElementAtOrDefault(which);
                switch (action)
                {
                    case 0 when book.Lease(now.AddSeconds(10)) is var (id, offer):
                        Assert.DoesNotContain(offer.Pack, held.Values);
                        Assert.DoesNotContain(offer.Pack, done);
                        held.Add(id, offer.Pack);
                        break;
                    case 1 when lease != default: book.End(lease, requeue: false); done.Add(held[lease]); held.Remove(lease); break;
                    case 2 when lease != default: book.End(lease, requeue: true); held.Remove(lease); break;
                    case 3 when lease != default: Assert.True(book.Renew(lease, now.AddSeconds(10))); break;
                    case 4: now = now.AddSeconds(11); Assert.Equal(held.Count, book.Expire(now).Count); held.Clear(); break;
                    case 5 when !done.Contains(which): book.Offer(new(Sweep, which, which)); break;
                }
                Assert.Equal(held.Count, book.Leased);
                Assert.Equal(4 - done.Count - held.Count, book.Waiting);
            }
        });
}
