using System.Diagnostics;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What the device's float32 matrix product reaches where it is at its best.</summary>
internal static class MatrixPeak
{
    /// <returns>Floating point operations a second, two for a multiply-add.</returns>
    internal static double Measure(torch.Device device)
    {
        (long, long, long)[] shapes = [(2048, 2048, 2048), (3152, 768, 3072), (3152, 3072, 768), (4096, 1024, 4096)];
        return shapes.Max(shape => Best(device, shape.Item1, shape.Item2, shape.Item3));
    }

    private static double Best(torch.Device device, long rows, long inner, long columns)
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.randn(rows, inner, device: device), torch.randn(inner, columns, device: device));
        var best = double.PositiveInfinity;
        for (var i = 0; i < 8; i++)
        {
            var started = Stopwatch.GetTimestamp();
            using var product = a.matmul(b);
            Clock.Wait(device);
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
        return 2.0 * rows * inner * columns / best;
    }
}
