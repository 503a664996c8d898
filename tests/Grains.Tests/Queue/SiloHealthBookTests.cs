using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Grains.Queue;

namespace AdaptCluster.Grains.Tests.Queue;

public sealed class SiloHealthBookTests
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly JobId[] Jobs = [.. Enumerable.Range(0, 5).Select(i => new JobId($"{i:x16}"))];
    private readonly SiloHealthBook _book = new(3, TimeSpan.FromMinutes(10));

    [Fact]
    public void Three_different_jobs_that_fail_in_a_row_quarantine_the_silo()
    {
        Assert.Null(_book.Record("a", 0, [Jobs[0]], Start));
        Assert.Null(_book.Record("a", 0, [Jobs[1]], Start));
        Assert.Equal(TimeSpan.FromMinutes(10), _book.Record("a", 0, [Jobs[2]], Start));

        Assert.Equal(TimeSpan.FromMinutes(1), _book.QuarantinedFor("a", Start + TimeSpan.FromMinutes(9)));
        Assert.Null(_book.QuarantinedFor("b", Start));
        Assert.Null(_book.QuarantinedFor("a", Start + TimeSpan.FromMinutes(10)));
    }

    [Fact]
    public void One_job_that_fails_again_and_again_quarantines_no_silo()
    {
        for (var i = 0; i < 10; i++) Assert.Null(_book.Record("a", 0, [Jobs[0]], Start));
    }

    [Fact]
    public void A_success_between_forgives()
    {
        _book.Record("a", 0, Jobs[..2], Start);
        _book.Record("a", 1, [], Start);
        Assert.Null(_book.Record("a", 0, Jobs[2..4], Start));
    }

    [Fact]
    public void After_its_quarantine_a_silo_is_judged_by_its_next_job_and_a_further_quarantine_lasts_twice_as_long()
    {
        _book.Record("a", 0, Jobs[..3], Start);
        var later = Start + TimeSpan.FromMinutes(10);

        Assert.Equal(TimeSpan.FromMinutes(20), _book.Record("a", 0, [Jobs[4]], later));
        Assert.Null(_book.Record("a", 1, [], later + TimeSpan.FromMinutes(20)));
        Assert.Null(_book.Record("a", 0, Jobs[..2], later + TimeSpan.FromMinutes(20)));
    }
}
