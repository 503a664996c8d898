using System.Diagnostics.Metrics;
using AdaptCluster.Grains.Telemetry;
using AdaptCluster.Silo.Configuration;
using AdaptCluster.Training.Libtorch;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Memory gauges for this silo's device. For a GPU, the values come from the driver and cover all processes that use the GPU. For a CPU,
/// they are this process's memory use and limit.
/// </summary>
internal sealed class DeviceInstruments
{
    private readonly CudaMemory? _cuda;

    public DeviceInstruments(IMeterFactory meters, SiloSettings settings)
    {
        _cuda = settings.Device == "cuda" ? CudaMemory.Open() : null;
        // If the GPU cannot be queried, nothing is published.
        if (settings.Device == "cuda" && _cuda is null) return;
        var meter = meters.Create(ClusterTelemetry.Name);
        KeyValuePair<string, object?> device = new(MetricLabels.Device, settings.Device);
        meter.CreateObservableGauge("adaptcluster.device.memory.usage", () => new Measurement<long>(Read().Used, device), "By",
            "Device memory in use; on a CPU, the memory of this process.");
        meter.CreateObservableGauge("adaptcluster.device.memory.limit", () => new Measurement<long>(Read().Total, device), "By",
            "Total device memory; on a CPU, the memory limit of this process.");
    }

    private (long Used, long Total) Read() => _cuda?.Read() ?? (Environment.WorkingSet, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
}
