using System.Reflection;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// Loads the chosen libtorch before TorchSharp does. The Linux loader resolves a dependency to a library with the same name that is already
/// loaded. TorchSharp's bindings therefore use this libtorch, without LD_LIBRARY_PATH.
/// </summary>
public static partial class LibtorchLoader
{
    private const string Bindings = "libLibTorchSharp.so";

    // Created by the build; build/TorchNative.targets explains why.
    private const string Stub = "torch_cpu.so";
    private const int BindNow = 2;

    // The library with dlopen in glibc before 2.34; later versions keep the name.
    private const string LoaderLibrary = "libdl.so.2";

    // Each library depends on the libraries before it. They find their other dependencies through their own run paths, as in Python.
    private static readonly string[] Order =
        ["libc10.so", LibtorchFolder.CpuName, "libc10_cuda.so", LibtorchFolder.CudaName, "libtorch.so"];

    private static readonly Lock Once = new();
    private static bool _loaded;

    /// <summary>The reason why the program's own libtorch is used although a GPU was requested; null if there is nothing to
    /// report.</summary>
    public static string? Note { get; private set; }

    /// <summary>Loads libtorch. The first call decides for the whole process, and must precede any use of TorchSharp.</summary>
    /// <param name="choice">The options that determine which libtorch is loaded.</param>
    /// <exception cref="InvalidInputException">No libtorch works; the message names the libtorch that was tried and says what would
    /// work.</exception>
    public static void Load(LibtorchChoice choice)
    {
        lock (Once)
        {
            if (_loaded) return;
            if (OperatingSystem.IsLinux()) LoadOnLinux(choice);
            else if (choice.Folder is not null)
                throw new InvalidInputException(
                    $"{LibtorchChoice.FolderVariable}: a libtorch other than the program's own is supported only on Linux.");
            _loaded = true;
        }
    }

    /// <summary>The version of TorchSharp, and the version of libtorch that it was built for.</summary>
    public static (string TorchSharp, string Libtorch) MadeFor =>
        (typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Version.Parse(torch.__version__).ToString(2));

    /// <summary>The folders in which .NET looks for this program's native libraries.</summary>
    private static IEnumerable<string> ProgramFolders =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);

    private static void LoadOnLinux(LibtorchChoice choice)
    {
        var beside = Beside(LibtorchFolder.CudaName) is not null ? BundledLibtorch.Cuda
            : Beside(LibtorchFolder.CpuName) is not null ? BundledLibtorch.Cpu : BundledLibtorch.None;
        var (taken, note) = choice.Choose(beside, () => Gpu.All().Count > 0, PyTorchFinder.Default.Find);
        Note = note;
        if (taken is not null)
        {
            // Without the stub, TorchSharp would also load the program's own libtorch, by its path, which crashes the process.
            if (beside == BundledLibtorch.Cpu && Beside(Stub) is null)
                throw new InvalidInputException($"{Stub} is missing beside {Bindings}; rebuild the program.");
            try
            {
                Load(taken);
            }
            catch (InvalidInputException e) when (choice.Folder is null && beside == BundledLibtorch.Cpu)
            {
                throw new InvalidInputException(
                    $"{e.Message} Set {LibtorchChoice.PyTorchVariable}=false to use the program's own libtorch on the CPU.", e);
            }
        }
        else if (beside == BundledLibtorch.None)
        {
            LoadOfSystem();
        }
    }

    /// <summary>
    /// Loads a libtorch from the system's library folders or from LD_LIBRARY_PATH, for a program that was published without libtorch.
    /// </summary>
    private static void LoadOfSystem()
    {
        // The version is not taken from TorchSharp, because reading it would load the missing libtorch.
        var advice =
            $"Install PyTorch {LibtorchFolder.FittingVersions}, or set {LibtorchChoice.FolderVariable} to the 'lib' folder of an existing "
            + "installation.";
        if (!NativeLibrary.TryLoad(LibtorchFolder.CpuName, out _))
            throw new InvalidInputException(
                $"libtorch is missing: this program was published without it, and python3 finds no PyTorch. {advice}");
        try
        {
            Bind("the system's library folders or LD_LIBRARY_PATH");
        }
        catch (InvalidInputException e)
        {
            throw new InvalidInputException($"{e.Message} {advice}", e);
        }
    }

    private static void Load(LibtorchFolder folder)
    {
        foreach (var path in Order.Select(name => Path.Combine(folder.Path, name)).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(path);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new InvalidInputException($"{path} cannot be loaded: {e.Message.ReplaceLineEndings(" ")}", e);
            }
            // The files beside the library may contain no version, or a wrong one.
            if (Path.GetFileName(path) == LibtorchFolder.CpuName && LoadedLibtorch.Find()?.Version is { } version
                && LibtorchFolder.Against(version, folder.Path) is { } problem)
                throw new InvalidInputException($"{problem}.");
        }
        Bind(folder.Path);
    }

    /// <summary>Loads the bindings and resolves all symbols at once, so that a libtorch with missing symbols is rejected here.</summary>
    private static void Bind(string place)
    {
        var bindings = Beside(Bindings)
            ?? throw new InvalidInputException($"{Bindings} is missing beside the program; reinstall the program.");
        if (OpenLibrary(bindings, BindNow) != 0) return;
        var message = Marshal.PtrToStringUTF8(LibraryError());
        throw new InvalidInputException($"libtorch in {place} is not compatible with this program's bindings: {message}.");
    }

    private static string? Beside(string name) =>
        ProgramFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    [LibraryImport(LoaderLibrary, EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenLibrary(string path, int flags);

    [LibraryImport(LoaderLibrary, EntryPoint = "dlerror")]
    private static partial nint LibraryError();
}
