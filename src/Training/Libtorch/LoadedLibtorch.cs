using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// The libtorch that is loaded in this process, with the versions that the library reports. TorchSharp reports only the version that it was
/// built for.
/// </summary>
/// <param name="Folder">The folder with the libraries.</param>
/// <param name="Version">The version, such as "2.11.0"; null if it is unknown.</param>
/// <param name="Cuda">The CUDA version; null for a build without CUDA.</param>
/// <param name="Cudnn">The cuDNN version; null for a build without cuDNN.</param>
public sealed partial record LoadedLibtorch(string Folder, string? Version, string? Cuda, string? Cudnn)
{
    // std::string at::show_config(), with the ABI of GCC since 5.
    private const string ShowConfig = "_ZN2at11show_configB5cxx11Ev";

    /// <summary>Returns the loaded libtorch; null before the first use of TorchSharp, and on systems other than Linux.</summary>
    public static LoadedLibtorch? Find()
    {
        if (!OperatingSystem.IsLinux()) return null;
        var path = File.ReadLines("/proc/self/maps").Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
            .FirstOrDefault(path => Path.GetFileName(path) == LibtorchFolder.CpuName);
        return path is null ? null : Parse(Path.GetDirectoryName(path)!, Configuration(path));
    }

    /// <summary>Parses the build configuration that libtorch reports.</summary>
    /// <param name="folder">The folder with the libraries.</param>
    /// <param name="configuration">The text of at::show_config; empty if it is not available.</param>
    internal static LoadedLibtorch Parse(string folder, string configuration)
    {
        string? Of(Regex pattern) => pattern.Match(configuration) is { Success: true } match ? match.Groups[1].Value : null;
        return new LoadedLibtorch(folder, Of(TorchVersion()), Of(CudaRuntime()) ?? Of(CudaVersion()),
            Of(CudnnRuntime()) is { } printed ? Cudnn9(printed) : Of(CudnnVersion()));
    }

    /// <inheritdoc/>
    public override string ToString() => $"libtorch {Version ?? "of unknown version"} in {Folder}"
        + (Cuda is null ? ", built for the CPU" : $", CUDA {Cuda}, {(Cudnn is null ? "without cuDNN" : $"cuDNN {Cudnn}")}");

    /// <summary>
    /// Corrects a cuDNN version that libtorch formats in the scheme of cuDNN 8 and older. For example, "91.0.2" stands for 91002, which is
    /// version 9.10.2.
    /// </summary>
    private static string Cudnn9(string printed)
    {
        var parts = printed.Split('.').Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray();
        var number = (parts[0] * 1000) + (parts[1] * 100) + parts.ElementAtOrDefault(2);
        return number < 10_000 ? printed : string.Create(CultureInfo.InvariantCulture,
            $"{number / 10_000}.{number / 100 % 100}.{number % 100}");
    }

    private static unsafe string Configuration(string path)
    {
        // Only on x64 is the hidden pointer to the returned object an ordinary first argument.
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64 || !NativeLibrary.TryLoad(path, out var library)
            || !NativeLibrary.TryGetExport(library, ShowConfig, out var function)) return "";
        // A std::string: a pointer to its characters, its length, and 16 bytes for short strings. It is not freed, since a process calls
        // this only once or twice.
        var text = stackalloc nint[4];
        ((delegate* unmanaged[Cdecl]<nint*, nint*>)function)(text);
        return Marshal.PtrToStringUTF8(text[0], (int)text[1]);
    }

    [GeneratedRegex(@"TORCH_VERSION=([^,\s]+)")]
    private static partial Regex TorchVersion();

    [GeneratedRegex(@"- CUDA Runtime ([\d.]+)")]
    private static partial Regex CudaRuntime();

    [GeneratedRegex(@"\bCUDA_VERSION=([^,\s]+)")]
    private static partial Regex CudaVersion();

    [GeneratedRegex(@"- CuDNN (\d+\.\d+(?:\.\d+)?)")]
    private static partial Regex CudnnRuntime();

    [GeneratedRegex(@"\bCUDNN_VERSION=([^,\s]+)")]
    private static partial Regex CudnnVersion();
}
