using AdaptCluster.Contracts;

namespace AdaptCluster.Training.Libtorch;

/// <summary>The options that determine which libtorch is loaded.</summary>
/// <param name="Folder">The folder of the libtorch to use; null to choose automatically.</param>
/// <param name="PyTorch">Whether the libtorch of an installed PyTorch may be used.</param>
/// <param name="Gpu">Whether to use a GPU if there is one.</param>
public sealed record LibtorchChoice(string? Folder, bool PyTorch, bool Gpu)
{
    /// <summary>The environment variable that specifies the folder.</summary>
    public const string FolderVariable = "ADAPTCLUSTER_LIBTORCH";

    /// <summary>The environment variable that disables the search for PyTorch.</summary>
    public const string PyTorchVariable = "ADAPTCLUSTER_PYTORCH";

    /// <summary>Returns the options from environment variables, for programs without settings, such as benchmarks and tests.</summary>
    /// <param name="gpu">Whether to use a GPU if there is one.</param>
    public static LibtorchChoice FromEnvironment(bool gpu) => new(
        Environment.GetEnvironmentVariable(FolderVariable) is { Length: > 0 } folder ? folder : null,
        !bool.TryParse(Environment.GetEnvironmentVariable(PyTorchVariable), out var wanted) || wanted, gpu);

    /// <summary>Chooses a libtorch.</summary>
    /// <param name="beside">The libtorch published with the program.</param>
    /// <param name="hasGpu">A function that returns whether this machine has a GPU. It is called only if the choice depends on it.</param>
    /// <param name="find">A function that finds an installed PyTorch. It is called only if PyTorch may be used.</param>
    /// <returns>The folder, which is null for the libtorch published with the program, and the reason why PyTorch's libtorch was not used,
    /// which is null if there is nothing to report.</returns>
    /// <exception cref="InvalidInputException">The configured folder, or the only libtorch available, does not work.</exception>
    internal (LibtorchFolder? Taken, string? Note) Choose(BundledLibtorch beside, Func<bool> hasGpu, Func<LibtorchFolder?> find)
    {
        if (Folder is not null)
        {
            // TorchSharp would also load the program's own libtorch, and two libtorches in one process make it crash.
            if (beside == BundledLibtorch.Cuda)
                throw new InvalidInputException(
                    $"{FolderVariable}: this program was built with its own libtorch for CUDA; build it without -p:Torch=cuda to use "
                    + "another one.");
            var named = LibtorchFolder.Of(Folder);
            named.Check(FolderVariable);
            return (named, null);
        }
        // On a CPU the packaged libtorch is used, since a different one changes the last digits of results.
        if (!PyTorch || beside == BundledLibtorch.Cuda || (beside == BundledLibtorch.Cpu && !(Gpu && hasGpu()))) return (null, null);
        if (find() is not { } found) return (null, beside == BundledLibtorch.Cpu ? "python3 finds no PyTorch" : null);
        if (beside == BundledLibtorch.None)
        {
            found.Check("PyTorch");
            return (found, null);
        }
        return found.Problem is { } problem ? (null, problem)
            : !found.HasCuda ? (null, $"PyTorch {found.Version} in {found.Path} was built without CUDA")
            : (found, null);
    }
}

/// <summary>The libtorch published with the program.</summary>
internal enum BundledLibtorch
{
    /// <summary>No libtorch was published with the program, so a libtorch installed on the machine is used.</summary>
    None,

    /// <summary>A libtorch for the CPU.</summary>
    Cpu,

    /// <summary>A libtorch for CUDA.</summary>
    Cuda,
}
