using System.Diagnostics.Metrics;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;
using AdaptCluster.Sweeps.Lifecycle;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>
/// Instruments of the sweeps on this silo. Gauges exist while a sweep is open and for some minutes after, so that its end is seen.
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
        _attempts = meter.CreateCounter<long>("adaptcluster.attempts", "{attempt}", "Attempts at a job that have ended, by how.");
        _refused = meter.CreateCounter<long>("adaptcluster.reports.refused", "{report}",
            "Reports of attempts that were not their job's current one any more.");
        _cacheHits = meter.CreateCounter<long>("adaptcluster.cache.hits", "{job}", "Jobs that the results of earlier sweeps answered.");
        meter.CreateObservableGauge("adaptcluster.jobs", Jobs, "{job}", "Jobs of each open sweep, by where they stand.");
        meter.CreateObservableGauge("adaptcluster.sweep.progress.ratio", () => Each(sweep => sweep.Progress), unit: null,
            "Share of a sweep's training iterations that is done, 0 to 1; of its jobs where none trains.");
        meter.CreateObservableGauge("adaptcluster.sweep.eta", () => Each(sweep => sweep.Remaining(time.GetUtcNow())), "s",
            "Time until a running sweep ends at its present speed.");
        meter.CreateObservableGauge("adaptcluster.metrics.series.left.out", () => _published.Now().LeftOut, "{series}",
            "Series of sweeps and cells that are left out because newer sweeps use up the limit Telemetry:SweepSeries.");
        // Created before the first increment, so that their growth is visible from the start.
        foreach (var outcome in Outcomes) Ended(outcome, 0);
        _refused.Add(0);
        _cacheHits.Add(0);
    }

    /// <summary>Publishes the levels of a sweep.</summary>
    public void Publish(string sweep, SweepLevels levels) => _published.Publish(sweep, levels);

    /// <summary>Removes a sweep that is no longer on this silo.</summary>
    public void Remove(string sweep) => _published.RemoveSweep(sweep);

    /// <summary>Counts attempts that have ended according to the store.</summary>
    public void Ended(AttemptOutcome outcome, int attempts = 1) =>
        _attempts.Add(attempts, new KeyValuePair<string, object?>(MetricLabels.Outcome, AdaptClusterJson.Name(outcome)));

    /// <summary>Counts a report that was refused.</summary>
    public void Refused() => _refused.Add(1);

    /// <summary>Counts jobs whose results came from the cache.</summary>
    public void CacheHits(int jobs) => _cacheHits.Add(jobs);

    private IEnumerable<Measurement<long>> Jobs() => _published.Now().Sweeps.SelectMany(sweep => sweep.Value.Jobs.Select((count, state) =>
        new Measurement<long>(count, new(MetricLabels.Sweep, sweep.Key), new(MetricLabels.State, AdaptClusterJson.Name((JobState)state)))));

    private IEnumerable<Measurement<double>> Each(Func<SweepLevels, double?> level) => _published.Now().Sweeps.SelectMany(sweep =>
        level(sweep.Value) is { } value
            ? (Measurement<double>[])[new(value, new KeyValuePair<string, object?>(MetricLabels.Sweep, sweep.Key))] : []);
}

/// <summary>The levels of a sweep.</summary>
/// <param name="Jobs">The number of jobs in each <see cref="JobState"/>.</param>
/// <param name="Pace">Iterations done and their speed.</param>
/// <param name="Running">Whether the sweep is in the running state.</param>
/// <param name="Order">Its position in the order of submission.</param>
/// <param name="Ended">When it ended; null while it is open.</param>
internal sealed record SweepLevels(int[] Jobs, SweepPace Pace, bool Running, long Order, DateTimeOffset? Ended)
{
    /// <summary>The number of series per sweep: jobs by state, progress and estimated end.</summary>
    public static readonly int Series = Enum.GetValues<JobState>().Length + 2;

    /// <summary>The share of iterations done, from 0 to 1; of jobs if nothing is to be trained.</summary>
    public double Progress => Pace.Total > 0 ? Math.Min(1, (double)Pace.Done / Pace.Total)
        : (double)Jobs[(int)JobState.Completed] / Math.Max(1, Jobs.Sum());

    /// <summary>The remaining time in seconds; null while it is unknown.</summary>
    public double? Remaining(DateTimeOffset now) => Running ? Pace.Remaining(now)?.TotalSeconds : null;
}
