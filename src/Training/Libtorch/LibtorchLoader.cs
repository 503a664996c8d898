using System.Reflection;
using System.Runtime.InteropServices;
using AdaptCluster.Contracts;
using TorchSharp;

namespace AdaptCluster.Training.Libtorch;

/// <summary>
/// Loads libtorch before TorchSharp does, from where the choice says. The loader of Linux takes a library that is already there for another
/// one's dependency of the same name, so TorchSharp's bindings bind to it, and LD_LIBRARY_PATH is not needed.
/// </summary>
public static partial class LibtorchLoader
{
    private const string Bindings = "libLibTorchSharp.so";

    // The build makes it, and says why: build/TorchNative.targets.
    private const string Stub = "torch_cpu.so";
    private const int BindNow = 2;

    // Where glibc before 2.34 has it; later ones keep the name.
    private const string LoaderLibrary = "libdl.so.2";

    // Each needs those before it. What they need beyond them they find by their own run paths, as under Python.
    private static readonly string[] Order =
        ["libc10.so", LibtorchFolder.CpuName, "libc10_cuda.so", LibtorchFolder.CudaName, "libtorch.so"];

    private static readonly Lock Once = new();
    private static bool _loaded;

    /// <summary>Why the libtorch beside the program is used though a GPU was wanted; null where there is nothing to say.</summary>
    public static string? Note { get; private set; }

    /// <summary>Loads libtorch. The first call decides for the whole process; it must come before any use of TorchSharp.</summary>
    /// <param name="choice">Which one.</param>
    /// <exception cref="InvalidInputException">There is none that works; the message names it and what would.</exception>
    public static void Load(LibtorchChoice choice)
    {
        lock (Once)
        {
            if (_loaded) return;
            if (OperatingSystem.IsLinux()) LoadOnLinux(choice);
            else if (choice.Folder is not null)
                throw new InvalidInputException(
                    $"{LibtorchChoice.FolderVariable}: only Linux takes another libtorch than the program's own.");
            _loaded = true;
        }
    }

    /// <summary>The version of TorchSharp, and of the libtorch that it was made for.</summary>
    public static (string TorchSharp, string Libtorch) MadeFor =>
        (typeof(torch).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0],
            Version.Parse(torch.__version__).ToString(2));

    /// <summary>Folders in which .NET looks for native libraries of this program.</summary>
    private static IEnumerable<string> ProgramFolders =>
        ((AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string) ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);

    private static void LoadOnLinux(LibtorchChoice choice)
    {
        var beside = Beside(LibtorchFolder.CudaName) is not null ? LibtorchBeside.Cuda
            : Beside(LibtorchFolder.CpuName) is not null ? LibtorchBeside.Cpu : LibtorchBeside.None;
        var (taken, note) = choice.Choose(beside, () => Gpu.All().Count > 0, PyTorchFinder.Default.Find);
        Note = note;
        if (taken is not null)
        {
            // Without it TorchSharp would load the libtorch beside the program too, by its path, and that ends the process.
            if (beside == LibtorchBeside.Cpu && Beside(Stub) is null)
                throw new InvalidInputException($"{Stub} is missing beside {Bindings}; build the program again.");
            try
            {
                Load(taken);
            }
            catch (InvalidInputException e) when (choice.Folder is null && beside == LibtorchBeside.Cpu)
            {
                throw new InvalidInputException(
                    $"{e.Message} {LibtorchChoice.PyTorchVariable}=false uses the program's own, on the CPU.", e);
            }
        }
        // The system's own folders and LD_LIBRARY_PATH may have one.
        else if (beside == LibtorchBeside.None && !NativeLibrary.TryLoad(LibtorchFolder.CpuName, out _))
        {
            // Not what TorchSharp says of itself: asking it would load the libtorch that is missing.
            throw new InvalidInputException(
                $"libtorch is missing: this program was published without it, and python3 imports no PyTorch. Install PyTorch "
                + $"{LibtorchFolder.FittingVersions}, or set {LibtorchChoice.FolderVariable} to the folder 'lib' of one.");
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
            // The files beside it may have said nothing of the version, or something else.
            if (Path.GetFileName(path) == LibtorchFolder.CpuName && LoadedLibtorch.Find()?.Version is { } version
                && LibtorchFolder.Against(version, folder.Path) is { } problem)
                throw new InvalidInputException($"{problem}.");
        }
        Bind(folder);
    }

    /// <summary>Loads the bindings with every symbol resolved, so that a libtorch that lacks one is refused here.</summary>
    private static void Bind(LibtorchFolder folder)
    {
        var bindings = Beside(Bindings) ?? throw new InvalidInputException($"{Bindings} is missing beside the program.");
        if (OpenLibrary(bindings, BindNow) != 0) return;
        var message = Marshal.PtrToStringUTF8(LibraryError());
        throw new InvalidInputException($"libtorch in {folder.Path} does not fit this program's bindings: {message}.");
    }

    private static string? Beside(string name) =>
        ProgramFolders.Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);

    [LibraryImport(LoaderLibrary, EntryPoint = "dlopen", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint OpenLibrary(string path, int flags);

    [LibraryImport(LoaderLibrary, EntryPoint = "dlerror")]
    private static partial nint LibraryError();
}
