using System.Runtime.InteropServices;

namespace AdaptCluster.Training.Libtorch;

/// <summary>NVIDIA's driver API, which libtorch also uses, for calls that TorchSharp lacks.</summary>
internal static partial class CudaDriver
{
    private const string Library = "libcuda.so.1";

    /// <summary>The device attributes CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR.</summary>
    internal const int CapabilityMajor = 75, CapabilityMinor = 76;

    /// <summary>Initializes the driver. Returns whether this process has a working driver.</summary>
    internal static bool Start() => NativeLibrary.TryLoad(Library, out _) && Init(0) == 0;

    /// <summary>Throws an exception if a call failed.</summary>
    /// <exception cref="InvalidOperationException">The driver returned an error.</exception>
    internal static void Check(int result)
    {
        if (result != 0) throw new InvalidOperationException($"The CUDA driver returned error {result}.");
    }

    [LibraryImport(Library, EntryPoint = "cuInit")]
    private static partial int Init(uint flags);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetCount")]
    internal static partial int DeviceCount(out int count);

    [LibraryImport(Library, EntryPoint = "cuDeviceGet")]
    internal static partial int DeviceGet(out int device, int ordinal);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetName")]
    internal static partial int DeviceName([Out] byte[] name, int length, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceTotalMem_v2")]
    internal static partial int DeviceMemory(out nuint bytes, int device);

    [LibraryImport(Library, EntryPoint = "cuDeviceGetAttribute")]
    internal static partial int DeviceAttribute(out int value, int attribute, int device);

    [LibraryImport(Library, EntryPoint = "cuDevicePrimaryCtxRetain")]
    internal static partial int PrimaryContext(out nint context, int device);

    [LibraryImport(Library, EntryPoint = "cuCtxPushCurrent_v2")]
    internal static partial int Push(nint context);

    [LibraryImport(Library, EntryPoint = "cuCtxPopCurrent_v2")]
    internal static partial int Pop(out nint context);

    [LibraryImport(Library, EntryPoint = "cuMemGetInfo_v2")]
    internal static partial int MemoryInfo(out nuint free, out nuint total);
}
