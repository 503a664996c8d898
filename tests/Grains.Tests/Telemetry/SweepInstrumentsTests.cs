using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Sweeps.Lifecycle;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace AdaptCluster.Grains.Tests.Telemetry;

public sealed class SweepInstrumentsTests : IDisposable
{
    private const string Sweep = "tiny-1f2e3d4c", Label = "sweep=" + Sweep;
    private readonly FakeTimeProvider _time = new();
    private readonly Measurements _measured = new();
    private readonly SweepInstruments _instruments;

    public SweepInstrumentsTests() => _instruments = new SweepInstruments(_measured.Meters, Shown(20_000), _time);

    public void Dispose() => _measured.Dispose();

    [Fact]
    public void Every_outcome_is_there_at_0_before_the_first_attempt_has_ended()
    {
        foreach (var outcome in (string[])["completed", "failed", "returned", "lost"])
            Assert.Equal([0], _measured.All("adaptcluster.attempts", $"outcome={outcome}"));
        Assert.Equal([0], _measured.All("adaptcluster.cache.hits"));
    }

    [Fact]
    public void A_running_sweep_shows_its_jobs_its_progress_and_when_it_ends()
    {
        var began = _time.GetUtcNow();
        _time.Advance(TimeSpan.FromSeconds(10));
        Show(new SweepPace(Total: 1000, Done: 300, GivenUp: 100, began, DoneThen: 100), running: true, ended: null);

        _measured.Scrape();

        Assert.Equal((7, 2), (_measured.Sum("adaptcluster.jobs", Label, "state=queued"),
            _measured.Sum("adaptcluster.jobs", Label, "state=running")));
        Assert.Equal([0.3], _measured.All("adaptcluster.sweep.progress.ratio", Label));
        // 600 iterations are left, and 200 took 10 seconds; half as fast after twice the time without news.
        Assert.Equal([30], _measured.All("adaptcluster.sweep.eta", Label));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal([60], _measured.Scrape().All("adaptcluster.sweep.eta", Label));
    }

    [Fact]
    public void Nobody_knows_the_end_of_a_sweep_that_has_just_begun_or_is_paused()
    {
        Show(new SweepPace(1000, 0, 0, null, 0), running: true, ended: null);
        Assert.Empty(_measured.Scrape().All("adaptcluster.sweep.eta", Label));

        Show(new SweepPace(1000, 300, 0, _time.GetUtcNow() - TimeSpan.FromSeconds(10), 0), running: false, ended: null);
        Assert.Empty(_measured.Scrape().All("adaptcluster.sweep.eta", Label));
        Assert.Equal([0.3], _measured.All("adaptcluster.sweep.progress.ratio", Label));
    }

    [Fact]
    public void A_sweep_without_training_is_as_far_as_its_jobs()
    {
        Show(new SweepPace(0, 0, 0, null, 0), running: true, ended: null);

        Assert.Equal([0.1], _measured.Scrape().All("adaptcluster.sweep.progress.ratio", Label));
    }

    [Fact]
    public void A_sweep_that_has_ended_is_seen_for_ten_minutes_and_one_whose_grain_has_left_no_more()
    {
        Show(new SweepPace(1000, 1000, 0, null, 0), running: false, ended: _time.GetUtcNow());
        _time.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal([1], _measured.Scrape().All("adaptcluster.sweep.progress.ratio", Label));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Empty(_measured.Scrape().All("adaptcluster.sweep.progress.ratio", Label));
        Assert.Empty(_measured.All("adaptcluster.jobs", Label, "state=completed"));

        Show(new SweepPace(1000, 300, 0, null, 0), running: true, ended: null);
        _instruments.Remove(Sweep);
        Assert.Empty(_measured.Scrape().All("adaptcluster.sweep.progress.ratio", Label));
    }

    [Fact]
    public void The_newest_sweeps_are_shown_and_how_much_is_left_out_is_told()
    {
        var shown = Shown(2 * SweepLevels.Series + 3);
        using var measured = new Measurements();
        var (sweeps, cells) = (new SweepInstruments(measured.Meters, shown, _time), new CellInstruments(measured.Meters, shown));
        foreach (var order in (int[])[3, 1, 4, 2])
        {
            sweeps.Publish($"s{order}", new SweepLevels([1, 0, 0, 0, 0], new SweepPace(0, 0, 0, null, 0), false, order, Ended: null));
            // Three series of the first sweep, one of the others.
            cells.Publish($"s{order}", new SweepTableLevels(
                [new("arm", "dtd", 0.5, order == 1 ? 0.5 : null), new("arm", "pets", order == 1 ? 0.5 : null, null)], order, Ended: null));
        }

        measured.Scrape();

        Assert.Equal([0, 0, 1, 1], Enumerable.Range(1, 4).Select(i =>
            measured.All("adaptcluster.jobs", $"sweep=s{i}", "state=queued").Count));
        // The tables of the three newest fit beside the two sweeps; that of the first sweep, and two sweeps' own series, do not.
        Assert.Equal([0, 1, 1, 1], Enumerable.Range(1, 4).Select(i =>
            measured.All("adaptcluster.cell.validation.accuracy.ratio", $"sweep=s{i}", "arm=arm", "dataset=dtd").Count));
        Assert.Equal([2 * SweepLevels.Series + 3], measured.All("adaptcluster.metrics.series.left.out"));

        sweeps.Remove("s4");
        cells.Remove("s4");
        measured.Scrape();
        Assert.Single(measured.All("adaptcluster.jobs", "sweep=s2", "state=queued"));
        Assert.Equal([SweepLevels.Series + 3], measured.All("adaptcluster.metrics.series.left.out"));
    }

    private void Show(SweepPace pace, bool running, DateTimeOffset? ended) =>
        _instruments.Publish(Sweep, new SweepLevels([7, 2, 1, 0, 0], pace, running, Order: 1, ended));

    private PublishedSweeps Shown(int series) => new(Options.Create(new SweepGaugeOptions { MaxSeries = series }), _time);
}
