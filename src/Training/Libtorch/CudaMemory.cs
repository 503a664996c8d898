namespace AdaptCluster.Training.Libtorch;

/// <summary>Queries the driver for the memory use of the first GPU that is visible to this process.</summary>
public sealed class CudaMemory
{
    private readonly nint _context;

    private CudaMemory(nint context) => _context = context;

    /// <summary>Opens the first GPU; returns null if there is no driver or no GPU.</summary>
    public static CudaMemory? Open() =>
        // Shares libtorch's context on that device, so that the queries take no additional GPU memory.
        CudaDriver.Start() && CudaDriver.DeviceGet(out var device, 0) == 0 && CudaDriver.PrimaryContext(out var context, device) == 0
            ? new CudaMemory(context) : null;

    /// <summary>Returns the memory that all processes use and the total memory, in bytes.</summary>
    /// <exception cref="InvalidOperationException">The driver returned an error.</exception>
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
