using AdaptCluster.Connections;
using AdaptCluster.Contracts;
using AdaptCluster.Grains.Telemetry;

namespace AdaptCluster.Silo.Configuration;

/// <summary>The limit on the number of series that a silo publishes at /metrics.</summary>
public sealed record TelemetrySettings
{
    /// <summary>The range of the setting. The lower bound leaves room for the series of one sweep.</summary>
    private const int Least = 10, Most = 10_000_000;

    /// <summary>
    /// The maximum number of series for sweeps and cells that the silo publishes at once (Telemetry:SweepSeries). Default: 20,000.
    /// </summary>
    [Setting("Telemetry:SweepSeries", "20000",
        "the maximum number of series of sweeps and cells that a control silo publishes at `/metrics`, newest sweeps first; "
        + "`adaptcluster_metrics_series_left_out` counts those left out ([metrics.md](metrics.md#how-many-series))")]
    public int SweepSeries { get; init; } = new SweepGaugeOptions().MaxSeries;

    /// <summary>Reads the settings. Settings that are not set keep their defaults.</summary>
    /// <exception cref="InvalidInputException">A setting has an invalid value; the message names its key.</exception>
    internal static TelemetrySettings From(SettingsReader reader) =>
        reader.WholeNumber("Telemetry:SweepSeries", Least, Most) is { } series ? new() { SweepSeries = series } : new();
}
