using System.Diagnostics.Metrics;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Training.Libtorch;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Gauges of the memory of this silo's device. For a GPU, they come from the driver and cover all its users; for a CPU, they show this
/// process's memory and its limit.
/// </summary>
internal sealed class DeviceInstruments
{
    private readonly CudaMemory? _cuda;

    public DeviceInstruments(IMeterFactory meters, SiloSettings settings)
    {
        _cuda = settings.Device == "cuda" ? CudaMemory.Open() : null;
        // If the GPU cannot be queried, nothing is published rather than the memory of something else.
        if (settings.Device == "cuda" && _cuda is null) return;
        var meter = meters.Create(ClusterTelemetry.Name);
        KeyValuePair<string, object?> device = new(MetricLabels.Device, settings.Device);
        meter.CreateObservableGauge("adaptcluster.device.memory.usage", () => new Measurement<long>(Read().Used, device), "By",
            "Memory of the device in use; on a CPU, of this process.");
        meter.CreateObservableGauge("adaptcluster.device.memory.limit", () => new Measurement<long>(Read().Total, device), "By",
            "Memory of the device; on a CPU, what this process may use.");
    }

    private (long Used, long Total) Read() => _cuda?.Read() ?? (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
