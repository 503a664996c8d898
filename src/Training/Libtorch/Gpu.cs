using System.Globalization;
using System.Text;

namespace AdaptCluster.Training.Libtorch;

/// <summary>A GPU that is visible to this process, as reported by the driver.</summary>
/// <param name="Name">The card's name.</param>
/// <param name="Bytes">The size of the card's memory in bytes.</param>
/// <param name="Major">The major version of the card's compute capability.</param>
/// <param name="Minor">The minor version of the card's compute capability.</param>
public sealed record Gpu(string Name, long Bytes, int Major, int Minor)
{
    /// <summary>The major compute capability of NVIDIA's Ampere architecture, the first with tensor cores for tf32 and bfloat16.</summary>
    private const int Ampere = 8;

    /// <summary>
    /// Whether matrix products are faster in tf32 and bfloat16 than in float32. Older GPUs emulate bfloat16 and ignore tf32.
    /// </summary>
    public bool LowPrecisionPays => Major >= Ampere;

    /// <summary>Returns the GPUs that are visible to this process, in CUDA's order; an empty list without a driver.</summary>
    public static IReadOnlyList<Gpu> All() =>
        CudaDriver.Start() && CudaDriver.DeviceCount(out var count) == 0 ? [.. Enumerable.Range(0, count).Select(Of)] : [];

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}, {Bytes >> 20:N0} MiB, compute capability {Major}.{Minor}; "
        + $"tf32 and bfloat16 {(LowPrecisionPays ? "are" : "are not")} faster than float32");

    private static Gpu Of(int ordinal)
    {
        var name = new byte[256];
        CudaDriver.Check(CudaDriver.DeviceGet(out var device, ordinal));
        CudaDriver.Check(CudaDriver.DeviceName(name, name.Length, device));
        CudaDriver.Check(CudaDriver.DeviceMemory(out var bytes, device));
        CudaDriver.Check(CudaDriver.DeviceAttribute(out var major, CudaDriver.CapabilityMajor, device));
        CudaDriver.Check(CudaDriver.DeviceAttribute(out var minor, CudaDriver.CapabilityMinor, device));
        return new Gpu(Encoding.UTF8.GetString(name).TrimEnd('\0'), (long)bytes, major, minor);
    }
}
