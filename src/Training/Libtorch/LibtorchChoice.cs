using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Libtorch;

/// <summary>Which libtorch to use.</summary>
/// <param name="Folder">A folder with one; null to choose.</param>
/// <param name="PyTorch">Whether the libtorch of an importable PyTorch may be chosen.</param>
/// <param name="Gpu">Whether a GPU is wanted where there is one.</param>
public sealed record LibtorchChoice(string? Folder, bool PyTorch, bool Gpu)
{
    /// <summary>The environment variable that names a folder.</summary>
    public const string FolderVariable = "ADAPTCLUSTER_LIBTORCH";

    /// <summary>The environment variable that switches the search for PyTorch off.</summary>
    public const string PyTorchVariable = "ADAPTCLUSTER_PYTORCH";

    /// <summary>The choice of a program that reads no settings: a bench or a test.</summary>
    /// <param name="gpu">Whether a GPU is wanted.</param>
    public static LibtorchChoice FromEnvironment(bool gpu) => new(
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null,
        !bool.TryParse(Environment.GetEnvironmentVariable(PyTorchVariable), out var wanted) || wanted, gpu);

    /// <summary>Chooses a libtorch.</summary>
    /// <param name="beside">What lies beside the program.</param>
    /// <param name="hasGpu">Whether this machine has a GPU; asked only where it matters.</param>
    /// <param name="find">Finds an importable PyTorch; asked only where it may be used.</param>
    /// <returns>A folder, or null for what lies beside the program; and why a PyTorch was not taken.</returns>
    /// <exception cref="InvalidInputException">The folder that was named, or the only libtorch there is, cannot work.</exception>
    internal (LibtorchFolder? Taken, string? Note) Choose(LibtorchBeside beside, Func<bool> hasGpu, Func<LibtorchFolder?> find)
    {
        if (Folder is not null)
        {
            // TorchSharp would load the program's own as well, and two in one process end it.
            if (beside == LibtorchBeside.Cuda)
                throw new InvalidInputException(
                    $"{FolderVariable}: this program was built with a libtorch for CUDA of its own; build it without -p:Torch=cuda.");
            var named = LibtorchFolder.Of(Folder);
            named.Check(FolderVariable);
            return (named, null);
        }
        // On a CPU the packaged libtorch stays: another one has other last digits.
        if (!PyTorch || beside == LibtorchBeside.Cuda || (beside == LibtorchBeside.Cpu && !(Gpu && hasGpu()))) return (null, null);
        if (find() is not { } found) return (null, beside == LibtorchBeside.Cpu ? "python3 imports no PyTorch" : null);
        if (beside == LibtorchBeside.None)
        {
            found.Check("PyTorch");
            return (found, null);
        }
        return found.Problem is { } problem ? (null, problem)
            : !found.HasCuda ? (null, $"PyTorch {found.Version} in {found.Path} was built without CUDA")
            : (found, null);
    }
}

/// <summary>The libtorch that was published with the program.</summary>
internal enum LibtorchBeside
{
    /// <summary>None: the machine's is used.</summary>
    None,

    /// <summary>One for the CPU.</summary>
    Cpu,

    /// <summary>One for CUDA.</summary>
    Cuda,
}
