using System.Diagnostics;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Training.Libtorch;
using TorchSharp;

namespace AdaptCluster.Bench;

/// <summary>What the device's matrix product reaches where it is at its best.</summary>
internal static class MatrixPeak
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(2);

    /// <summary>A GPU is full with products far larger than a CPU can wait for.</summary>
    private static readonly (long Rows, long Inner, long Columns)[] OnCpu =
        [(512, 512, 512), (2048, 2048, 2048), (3152, 768, 3072), (3152, 3072, 768), (4096, 1024, 4096)];

    private static readonly (long Rows, long Inner, long Columns)[] OnGpu =
        [.. OnCpu, (8192, 8192, 8192), (16384, 4096, 16384), (50432, 768, 3072)];

    /// <returns>Floating point operations a second, two for a multiply-add.</returns>
    internal static double Measure(torch.Device device, Precision precision = Precision.Float32)
    {
        TensorFloat32.Allow(precision == Precision.Tf32);
        try
        {
            var type = precision == Precision.Bfloat16 ? torch.ScalarType.BFloat16 : torch.ScalarType.Float32;
            var best = 0.0;
            foreach (var shape in device.type == DeviceType.CUDA ? OnGpu : OnCpu)
                // A processor without bfloat16 takes minutes for a large product, and is no faster at it.
                if (best == 0 || Operations(shape) / best < TooLong.TotalSeconds) best = Math.Max(best, Best(device, type, shape));
            return best;
        }
        finally
        {
            TensorFloat32.Allow(false);
        }
    }

    private static double Best(torch.Device device, torch.ScalarType type, (long Rows, long Inner, long Columns) shape)
    {
        using var scope = torch.NewDisposeScope();
        var (a, b) = (torch.randn(shape.Rows, shape.Inner, dtype: type, device: device),
            torch.randn(shape.Inner, shape.Columns, dtype: type, device: device));
        var (best, began) = (double.PositiveInfinity, Stopwatch.GetTimestamp());
        // The best of eight, or of as many as half a second has room for.
        for (var i = 0; i < 8 && (i < 2 || Stopwatch.GetElapsedTime(began) < Enough); i++)
            best = Math.Min(best, Clock.Seconds(device, () => a.matmul(b)));
        return Operations(shape) / best;
    }

    private static double Operations((long Rows, long Inner, long Columns) shape) => 2.0 * shape.Rows * shape.Inner * shape.Columns;
}
