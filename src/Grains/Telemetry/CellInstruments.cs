using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using AdaptCluster.Sweeps.Results;

namespace AdaptCluster.Grains.Telemetry;

/// <summary>The tables of the sweeps whose coordinators live on this silo, as they fill.</summary>
internal sealed class CellInstruments
{
    private readonly ConcurrentDictionary<string, (CellLevel[] Cells, DateTimeOffset? Ended)> _tables = new();
    private readonly TimeProvider _time;

    public CellInstruments(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create(ClusterTelemetry.Name);
        meter.CreateObservableGauge("adaptcluster.cell.validation.accuracy.ratio", () => Each(cell => cell.Validation), unit: null,
            "Best mean validation accuracy of a cell's candidates over the runs so far, 0 to 1.");
        meter.CreateObservableGauge("adaptcluster.cell.test.accuracy.ratio", () => Each(cell => cell.Test), unit: null,
            "Mean test accuracy of a cell over the runs so far, 0 to 1; of an adaptive arm once its T_target is chosen.");
    }

    /// <summary>Shows a sweep's table.</summary>
    public void Show(string sweep, CellLevel[] cells, DateTimeOffset? ended) => _tables[sweep] = (cells, ended);

    /// <summary>A table has gone from here.</summary>
    public void Forget(string sweep) => _tables.TryRemove(sweep, out _);

    private IEnumerable<Measurement<double>> Each(Func<CellLevel, double?> level)
    {
        foreach (var (sweep, table) in _tables.Where(table => !(table.Value.Ended + SweepInstruments.Afterglow < _time.GetUtcNow())))
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
