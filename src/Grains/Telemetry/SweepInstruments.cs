using System.Diagnostics.Metrics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>
/// What the sweeps that live on this silo show. Gauges are there while a sweep is open, and some minutes longer, so that its end is seen.
/// </summary>
internal sealed class SweepInstruments
{
    private static readonly AttemptOutcome[] Outcomes =
        [AttemptOutcome.Completed, AttemptOutcome.Failed, AttemptOutcome.Returned, AttemptOutcome.Lost, AttemptOutcome.Unfit];
    private readonly ShownSweeps _shown;
    private readonly Counter<long> _attempts, _refused, _cacheHits;

    public SweepInstruments(IMeterFactory meters, ShownSweeps shown, TimeProvider time)
    {
        _shown = shown;
        var meter = meters.Create(ClusterTelemetry.Name);
        _attempts = meter.CreateCounter<long>("adaptcluster.attempts", "{attempt}", "Attempts at a job that have ended, by how.");
        _refused = meter.CreateCounter<long>("adaptcluster.reports.refused", "{report}",
            "Reports of attempts that were not their job's current one any more.");
        _cacheHits = meter.CreateCounter<long>("adaptcluster.cache.hits", "{job}", "Jobs that the results of earlier sweeps answered.");
        meter.CreateObservableGauge("adaptcluster.jobs", Jobs, "{job}", "Jobs of each open sweep, by where they stand.");
        meter.CreateObservableGauge("adaptcluster.sweep.progress.ratio", () => Each(sweep => sweep.Progress), unit: null,
            "Share of a sweep's training iterations that is done, 0 to 1; of its jobs where none trains.");
        meter.CreateObservableGauge("adaptcluster.sweep.eta", () => Each(sweep => sweep.Remaining(time.GetUtcNow())), "s",
            "Time until a running sweep ends at its present speed.");
        meter.CreateObservableGauge("adaptcluster.metrics.series.left.out", () => _shown.Now().LeftOut, "{series}",
            "Series of sweeps and cells that are not shown because those of newer sweeps are as many as Telemetry:SweepSeries allows.");
        // There before the first one, so that their growth can be seen from it on.
        foreach (var outcome in Outcomes) Ended(outcome, 0);
        _refused.Add(0);
        _cacheHits.Add(0);
    }

    /// <summary>Shows where a sweep stands.</summary>
    public void Show(string sweep, SweepLevels levels) => _shown.Show(sweep, levels);

    /// <summary>A sweep has gone from here.</summary>
    public void Forget(string sweep) => _shown.ForgetSweep(sweep);

    /// <summary>Counts attempts that the store has as ended.</summary>
    public void Ended(AttemptOutcome outcome, int attempts = 1) =>
        _attempts.Add(attempts, new KeyValuePair<string, object?>(MetricLabels.Outcome, AdaptClusterJson.Name(outcome)));

    /// <summary>Counts a report that was refused.</summary>
    public void Refused() => _refused.Add(1);

    /// <summary>Counts jobs that needed no run.</summary>
    public void CacheHits(int jobs) => _cacheHits.Add(jobs);

    private IEnumerable<Measurement<long>> Jobs() => _shown.Now().Sweeps.SelectMany(sweep => sweep.Value.Jobs.Select((count, state) =>
        new Measurement<long>(count, new(MetricLabels.Sweep, sweep.Key), new(MetricLabels.State, AdaptClusterJson.Name((JobState)state)))));

    private IEnumerable<Measurement<double>> Each(Func<SweepLevels, double?> level) => _shown.Now().Sweeps.SelectMany(sweep =>
        level(sweep.Value) is { } value
            ? (Measurement<double>[])[new(value, new KeyValuePair<string, object?>(MetricLabels.Sweep, sweep.Key))] : []);
}

/// <summary>Where a sweep stands.</summary>
/// <param name="Jobs">Jobs by <see cref="JobState"/>.</param>
/// <param name="Pace">Iterations done and their speed.</param>
/// <param name="Running">Whether packs of it are leased.</param>
/// <param name="Order">Its place in the order of submission.</param>
/// <param name="Ended">When it ended; null while it is open.</param>
internal sealed record SweepLevels(int[] Jobs, SweepPace Pace, bool Running, long Order, DateTimeOffset? Ended)
{
    /// <summary>Series that show a sweep: its jobs by state, its progress and when it ends.</summary>
    public static readonly int Series = Enum.GetValues<JobState>().Length + 2;

    /// <summary>0 to 1.</summary>
    public double Progress => Pace.Total > 0 ? Math.Min(1, (double)Pace.Done / Pace.Total)
        : (double)Jobs[(int)JobState.Completed] / Math.Max(1, Jobs.Sum());

    /// <summary>Seconds; null while nobody can know.</summary>
    public double? Remaining(DateTimeOffset now) => Running ? Pace.Remaining(now)?.TotalSeconds : null;
}
