using System.Diagnostics.Metrics;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>
/// Provides the gauges for result tables, for sweeps whose coordinator is on this silo. Values appear as the tables are filled.
/// </summary>
internal sealed class CellInstruments
{
    private readonly PublishedSweeps _published;

    public CellInstruments(IMeterFactory meters, PublishedSweeps shown)
    {
        _published = shown;
        var meter = meters.Create(ClusterTelemetry.Name);
        meter.CreateObservableGauge("adaptcluster.cell.validation.accuracy.ratio", () => Each(cell => cell.Validation), unit: null,
            "Best mean validation accuracy of a cell's candidates over the runs so far, 0 to 1.");
        meter.CreateObservableGauge("adaptcluster.cell.test.accuracy.ratio", () => Each(cell => cell.Test), unit: null,
            "Mean test accuracy of a cell over the runs so far, 0 to 1; for an adaptive arm only after its T_target is chosen.");
    }

    /// <summary>Publishes a sweep's table.</summary>
    public void Publish(string sweep, SweepTableLevels table) => _published.Publish(sweep, table);

    /// <summary>Removes the table for a sweep that is no longer on this silo.</summary>
    public void Remove(string sweep) => _published.RemoveTable(sweep);

    private IEnumerable<Measurement<double>> Each(Func<CellLevel, double?> level)
    {
        foreach (var (sweep, table) in _published.Now().Tables)
        {
            foreach (var cell in table.Cells)
            {
                if (level(cell) is { } value)
                    yield return new Measurement<double>(value, new(MetricLabels.Sweep, sweep), new(MetricLabels.Arm, cell.Arm),
                        new(MetricLabels.Dataset, cell.Dataset));
            }
        }
    }
}
