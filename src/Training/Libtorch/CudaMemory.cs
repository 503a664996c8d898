namespace AdaptCluster.Training.Libtorch;

/// <summary>The memory of the first GPU that this process sees, by the driver.</summary>
public sealed class CudaMemory
{
    private readonly nint _context;

    private CudaMemory(nint context) => _context = context;

    /// <summary>Opens it; null without a driver or without a GPU.</summary>
    public static CudaMemory? Open() =>
        // libtorch's own context on that device, so that asking takes no memory of it.
        CudaDriver.Start() && CudaDriver.DeviceGet(out var device, 0) == 0 && CudaDriver.PrimaryContext(out var context, device) == 0
            ? new CudaMemory(context) : null;

    /// <summary>Bytes in use, by anyone, and the bytes there are.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    public (long Used, long Total) Read()
    {
        CudaDriver.Check(CudaDriver.Push(_context));
        try
        {
            CudaDriver.Check(CudaDriver.MemoryInfo(out var free, out var total));
            return ((long)(total - free), (long)total);
        }
        finally
        {
            CudaDriver.Check(CudaDriver.Pop(out _));
        }
    }
}
