using AdaptCluster.Contracts.Queue;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Grains.Tests.Queue;

/// <summary>When a lease is taken back from its worker.</summary>
public sealed partial class LeaseBookTests
{
    [Fact]
    public void A_lease_that_is_not_renewed_is_taken_back_and_its_holder_hears_that_it_is_lost()
    {
        Offer(First, (0, 1));
        var lost = Lease()!;
        _now = Seconds(59);
        Renew(lost);

        _now = Seconds(118);
        Assert.Empty(_book.Overdue(_now));
        _now = Seconds(119);
        Assert.Equal([(lost, LeaseLoss.Silent)], _book.Overdue(_now));
        End(lost, left: 1);
        Assert.Equal(LeaseDirective.Lost, Renew(lost));

        var taken = Lease()!;
        Assert.Null(_book.End(lost.Id));
        Assert.Null(Lease());
        Assert.Equal(LeaseDirective.Continue, Renew(taken));
    }

    [Fact]
    public void A_lease_whose_worker_lives_and_gets_nowhere_is_taken_back()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        for (var second = 30; second <= 630; second += 30)
        {
            _now = Seconds(second);
            _book.Renew(lease.Id, progress: second == 30 ? 7 : 8, _now);
            if (second < 660) Assert.Equal(second >= 660 ? [(lease, LeaseLoss.Stalled)] : [], _book.Overdue(_now));
        }
        _now = Seconds(660);
        _book.Renew(lease.Id, progress: 8, _now);
        Assert.Equal([(lease, LeaseLoss.Stalled)], _book.Overdue(_now));
        _book.Renew(lease.Id, progress: 9, _now);
        Assert.Empty(_book.Overdue(_now));
    }

    [Fact]
    public void A_worker_of_an_older_version_that_tells_no_progress_is_not_judged_by_it()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        for (_now = default; _now < Seconds(2000); _now += Seconds(30)) Renew(lease);
        Assert.Empty(_book.Overdue(_now));
    }

    [Fact]
    public void A_worker_that_does_not_stop_when_it_is_told_to_loses_its_lease()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        _now = Seconds(100);
        Renew(lease);
        _book.Withdraw(First, _now);

        _now = Seconds(129);
        _book.Renew(lease.Id, progress: 1, _now);
        Assert.Empty(_book.Overdue(_now));
        _now = Seconds(130);
        Assert.Equal([(lease, LeaseLoss.Unstoppable)], _book.Overdue(_now));
    }

    [Fact]
    public void A_worker_that_cannot_hand_its_jobs_back_while_the_store_is_away_has_the_same_time_for_it_afterwards()
    {
        Offer(First, (0, 1));
        var lease = Lease()!;
        _book.Withdraw(First, _now);

        _now = Seconds(50);
        Renew(lease);
        Assert.Empty(_book.Overdue(_now, storeAnswersSince: Seconds(50)));
        _now = Seconds(79);
        Assert.Empty(_book.Overdue(_now, storeAnswersSince: Seconds(50)));
        _now = Seconds(80);
        Assert.Equal([(lease, LeaseLoss.Unstoppable)], _book.Overdue(_now, storeAnswersSince: Seconds(50)));
    }
}
