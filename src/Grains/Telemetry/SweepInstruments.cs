using System.Diagnostics.Metrics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>
/// Provides the metric instruments for the sweeps on this silo. Gauges exist while a sweep is open and for some minutes afterwards, so that
/// its end is visible.
/// </summary>
internal sealed class SweepInstruments
{
    private static readonly AttemptOutcome[] Outcomes =
        [AttemptOutcome.Completed, AttemptOutcome.Failed, AttemptOutcome.Returned, AttemptOutcome.Lost, AttemptOutcome.Unfit];
    private readonly PublishedSweeps _published;
    private readonly Counter<long> _attempts, _refused, _cacheHits;

    public SweepInstruments(IMeterFactory meters, PublishedSweeps shown, TimeProvider time)
    {
        _published = shown;
        var meter = meters.Create(ClusterTelemetry.Name);
        _attempts = meter.CreateCounter<long>("adaptcluster.attempts", "{attempt}", "Ended attempts at jobs, by outcome.");
        _refused = meter.CreateCounter<long>("adaptcluster.reports.refused", "{report}",
            "Refused reports of attempts that were no longer the current attempt of their job.");
        _cacheHits = meter.CreateCounter<long>("adaptcluster.cache.hits", "{job}", "Jobs whose results were reused from earlier sweeps.");
        meter.CreateObservableGauge("adaptcluster.jobs", Jobs, "{job}", "Jobs of each open sweep, by state.");
        meter.CreateObservableGauge("adaptcluster.sweep.progress.ratio", () => Each(sweep => sweep.Progress), unit: null,
            "Share of a sweep's training iterations that are done, 0 to 1; share of its jobs if no job trains.");
        meter.CreateObservableGauge("adaptcluster.sweep.eta", () => Each(sweep => sweep.Remaining(time.GetUtcNow())), "s",
            "Estimated time until a running sweep ends, at its current speed.");
        meter.CreateObservableGauge("adaptcluster.metrics.series.left.out", () => _published.Now().LeftOut, "{series}",
            "Series of sweeps and cells that are left out because newer sweeps use up the limit Telemetry:SweepSeries.");
        // The counters are created before the first increment, so that it is visible.
        foreach (var outcome in Outcomes) Ended(outcome, 0);
        _refused.Add(0);
        _cacheHits.Add(0);
    }

    /// <summary>Publishes a sweep's levels.</summary>
    public void Publish(string sweep, SweepLevels levels) => _published.Publish(sweep, levels);

    /// <summary>Removes a sweep that is no longer on this silo.</summary>
    public void Remove(string sweep) => _published.RemoveSweep(sweep);

    /// <summary>Counts attempts that have ended according to the store.</summary>
    public void Ended(AttemptOutcome outcome, int attempts = 1) =>
        _attempts.Add(attempts, new KeyValuePair<string, object?>(MetricLabels.Outcome, AdaptClusterJson.Name(outcome)));

    /// <summary>Counts a refused report.</summary>
    public void Refused() => _refused.Add(1);

    /// <summary>Counts jobs whose results came from the cache.</summary>
    public void CacheHits(int jobs) => _cacheHits.Add(jobs);

    private IEnumerable<Measurement<long>> Jobs() => _published.Now().Sweeps.SelectMany(sweep => sweep.Value.Jobs.Select((count, state) =>
        new Measurement<long>(count, new(MetricLabels.Sweep, sweep.Key), new(MetricLabels.State, AdaptClusterJson.Name((JobState)state)))));

    private IEnumerable<Measurement<double>> Each(Func<SweepLevels, double?> level) => _published.Now().Sweeps.SelectMany(sweep =>
        level(sweep.Value) is { } value
            ? (Measurement<double>[])[new(value, new KeyValuePair<string, object?>(MetricLabels.Sweep, sweep.Key))] : []);
}

/// <summary>A sweep's levels.</summary>
/// <param name="Jobs">The number of jobs in each <see cref="JobState"/>.</param>
/// <param name="Pace">The completed iterations and their speed.</param>
/// <param name="Running">Whether the sweep is in the running state.</param>
/// <param name="Order">The sweep's position in the order of submission.</param>
/// <param name="Ended">The time at which the sweep ended; null while the sweep is open.</param>
internal sealed record SweepLevels(int[] Jobs, SweepPace Pace, bool Running, long Order, DateTimeOffset? Ended)
{
    /// <summary>The number of series per sweep: jobs by state, progress and estimated end.</summary>
    public static readonly int Series = Enum.GetValues<JobState>().Length + 2;

    /// <summary>The completed share of the iterations, from 0 to 1; the completed share of the jobs if no job trains.</summary>
    public double Progress => Pace.Total > 0 ? Math.Min(1, (double)Pace.Done / Pace.Total)
        : (double)Jobs[(int)JobState.Completed] / Math.Max(1, Jobs.Sum());

    /// <summary>The remaining time in seconds; null while it is unknown.</summary>
    public double? Remaining(DateTimeOffset now) => Running ? Pace.Remaining(now)?.TotalSeconds : null;
}
