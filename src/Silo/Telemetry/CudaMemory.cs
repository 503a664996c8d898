using System.Runtime.InteropServices;

namespace AdaptCluster.Silo.Telemetry;

/// <summary>
/// Asks NVIDIA's driver, which libtorch talks to as well, for the memory of the first GPU that this process sees. TorchSharp has no call
/// for it. CUDA driver API: cuDevicePrimaryCtxRetain, cuMemGetInfo.
/// </summary>
internal sealed partial class CudaMemory
{
    private const string Driver = "libcuda.so.1";
    private readonly nint _context;

    private CudaMemory(nint context) => _context = context;

    /// <summary>Null where there is no driver, or no GPU.</summary>
    public static CudaMemory? Open()
    {
        if (!NativeLibrary.TryLoad(Driver, out _)) return null;
        // libtorch's own context on that device, so that asking takes no memory of it.
        return Init(0) == 0 && DeviceGet(out var device, 0) == 0 && PrimaryContext(out var context, device) == 0
            ? new CudaMemory(context) : null;
    }

    /// <summary>Bytes in use, by whomever, and bytes there are.</summary>
    /// <exception cref="InvalidOperationException">The driver refuses.</exception>
    public (long Used, long Total) Read()
    {
        Check(Push(_context));
        try
        {
            Check(MemoryInfo(out var free, out var total));
            return ((long)(total - free), (long)total);
        }
        finally
        {
            Check(Pop(out _));
        }
    }

    private static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"The CUDA driver answers with error {result}.");
    }

    [LibraryImport(Driver, EntryPoint = "cuInit")]
    private static partial int Init(uint flags);

    [LibraryImport(Driver, EntryPoint = "cuDeviceGet")]
    private static partial int DeviceGet(out int device, int ordinal);

    [LibraryImport(Driver, EntryPoint = "cuDevicePrimaryCtxRetain")]
    private static partial int PrimaryContext(out nint context, int device);

    [LibraryImport(Driver, EntryPoint = "cuCtxPushCurrent_v2")]
    private static partial int Push(nint context);

    [LibraryImport(Driver, EntryPoint = "cuCtxPopCurrent_v2")]
    private static partial int Pop(out nint context);

    [LibraryImport(Driver, EntryPoint = "cuMemGetInfo_v2")]
    private static partial int MemoryInfo(out nuint free, out nuint total);
}
