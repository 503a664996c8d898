using System.Diagnostics;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>Time on a device that works on while the program goes on.</summary>
internal static class Clock
{
    /// <summary>Waits for the device.</summary>
    internal static void Wait(torch.Device device)
    {
        if (device.type == DeviceType.CUDA) torch.cuda.synchronize();
    }

    /// <summary>Seconds of an action.</summary>
    internal static double Seconds(torch.Device device, Action action)
    {
        Wait(device);
        var started = Stopwatch.GetTimestamp();
        using (torch.NewDisposeScope()) action();
        Wait(device);
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
