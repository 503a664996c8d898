using System.Text.RegularExpressions;
using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Libtorch;

/// <summary>A folder with the libraries of a libtorch, from a PyTorch installation or an unpacked archive.</summary>
internal sealed partial class LibtorchFolder
{
    /// <summary>The name of a library that every libtorch build contains.</summary>
    internal const string CpuName = "libtorch_cpu.so";

    /// <summary>The name of a library that every libtorch build for CUDA contains.</summary>
    internal const string CudaName = "libtorch_cuda.so";

    // TorchSharp 0.107 is built for 2.10; with 2.11 every symbol resolves and all tests pass. libtorch's C++ interface changes with every
    // version, so untested versions are rejected.
    private static readonly string[] Fitting = ["2.10", "2.11"];

    /// <summary>The supported versions, as text for messages.</summary>
    internal static string FittingVersions => string.Join(" or ", Fitting);

    private LibtorchFolder(string path) => (Path, Version) = (path, ReadVersion(path));

    /// <summary>The folder with the libraries.</summary>
    internal string Path { get; }

    /// <summary>
    /// The version read from the files beside the libraries, such as "2.11.0+cu130"; null if no such file contains a version.
    /// </summary>
    internal string? Version { get; }

    /// <summary>Whether this libtorch was built for CUDA.</summary>
    internal bool HasCuda => File.Exists(System.IO.Path.Combine(Path, CudaName));

    /// <summary>The reason why this libtorch is incompatible; null if no problem is known.</summary>
    internal string? Problem => Version is null ? null : Against(Version, Path);

    /// <summary>Returns the reason why a version is incompatible with TorchSharp's bindings; null if it is compatible.</summary>
    internal static string? Against(string version, string path) => Fitting.Any(fits => version == fits
            || version.StartsWith(fits + ".", StringComparison.Ordinal) || version.StartsWith(fits + "+", StringComparison.Ordinal))
        ? null
        : $"libtorch {version} in {path} is not compatible with this program's bindings, "
            + $"which require PyTorch {string.Join(" or ", Fitting)}";

    /// <summary>Returns the libtorch in a folder or in its subfolder "lib", as in a PyTorch package.</summary>
    /// <param name="folder">The folder that the user configured.</param>
    /// <exception cref="InvalidInputException">There is no libtorch in the folder.</exception>
    internal static LibtorchFolder Of(string folder)
    {
        string[] places = [System.IO.Path.GetFullPath(folder), System.IO.Path.Combine(System.IO.Path.GetFullPath(folder), "lib")];
        return places.FirstOrDefault(place => File.Exists(System.IO.Path.Combine(place, CpuName))) is { } found
            ? new LibtorchFolder(found)
            : throw new InvalidInputException($"{LibtorchChoice.FolderVariable}: no {CpuName} in {places[0]} or {places[1]}; "
                + "set it to the 'lib' folder of a PyTorch installation or of an unpacked libtorch.");
    }

    /// <summary>Returns the libtorch in a PyTorch package; null if the package does not contain one.</summary>
    /// <param name="package">The folder "torch" of site-packages.</param>
    internal static LibtorchFolder? OfPyTorch(string package)
    {
        var path = System.IO.Path.Combine(package, "lib");
        return File.Exists(System.IO.Path.Combine(path, CpuName)) ? new LibtorchFolder(path) : null;
    }

    /// <summary>Throws an exception if this libtorch is incompatible.</summary>
    /// <param name="what">The source of the folder, for the message.</param>
    /// <exception cref="InvalidInputException">This libtorch is incompatible.</exception>
    internal void Check(string what)
    {
        if (Problem is { } problem) throw new InvalidInputException($"{what}: {problem}.");
    }

    private static string? ReadVersion(string path)
    {
        var parent = System.IO.Path.GetDirectoryName(path) ?? path;
        var (python, archive) = (System.IO.Path.Combine(parent, "version.py"), System.IO.Path.Combine(parent, "build-version"));
        try
        {
            if (File.Exists(python) && PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match)
                return match.Groups[1].Value;
            return File.Exists(archive) ? File.ReadAllText(archive).Trim() : null;
        }
        // The version is read from the libtorch itself after it is loaded.
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"^__version__\s*=\s*['""]([^'""]+)['""]", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
