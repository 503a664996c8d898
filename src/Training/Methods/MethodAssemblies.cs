using System.Reflection;
using System.Runtime.Loader;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Loads methods and data set formats from assemblies built against AdaptCluster. If this program also contains one of an assembly's
/// dependencies, the program's copy is used, so that both share the same types. Other dependencies are loaded from the assembly's folder.
/// </summary>
internal static class MethodAssemblies
{
    /// <summary>
    /// The names of the AdaptCluster assemblies that a method can reference. They are compared in full because the names of other
    /// assemblies, such as a user's own, can also start with "AdaptCluster.".
    /// </summary>
    private static readonly HashSet<string> Own = typeof(MethodAssemblies).Assembly.GetReferencedAssemblies()
        .Append(typeof(MethodAssemblies).Assembly.GetName()).Select(assembly => assembly.Name!)
        .Where(name => name.StartsWith("AdaptCluster.", StringComparison.Ordinal)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Loads the methods and formats in an assembly.</summary>
    /// <param name="path">The path of the assembly.</param>
    /// <param name="setting">The name of the setting that lists the assembly, for error messages.</param>
    /// <exception cref="InvalidInputException">The file cannot be used; the message contains the reason.</exception>
    internal static Modules Load(string path, string setting)
    {
        InvalidInputException Refused(string reason, Exception? inner = null) => new($"{setting}: {path}: {reason}", inner);
        if (!File.Exists(path)) throw Refused("the file does not exist; write the path of an assembly with methods or data set formats.");
        try
        {
            var assembly = new Context(path).LoadFromAssemblyPath(path);
            CheckVersion($"{setting}: {path}", assembly.GetReferencedAssemblies());
            var found = new Modules(TrainingMethods.In(assembly), DatasetFormats.In(assembly));
            if (found is { Methods.Count: 0, Formats.Count: 0 })
            {
                throw Refused($"it contains no class that derives from {nameof(MethodDescriptor)} or {nameof(DatasetFormat)}; "
                    + "check that it is the right assembly.");
            }
            // Errors that a descriptor throws are reported now, not at the first sweep.
            foreach (var method in found.Methods) _ = (method.Settings.Count, method.Preset, method.Keys.Count);
            foreach (var format in found.Formats) _ = (format.KnownNames.Count, format.Keys.Count, format.Description);
            return found;
        }
        catch (BadImageFormatException e)
        {
            throw Refused("it is not a .NET assembly, or it was built for a newer .NET.", e);
        }
        catch (ReflectionTypeLoadException e)
        {
            throw Refused(
                $"it cannot be loaded: {PrintableText.OneLine(e.LoaderExceptions.FirstOrDefault()?.Message ?? e.Message)}", e);
        }
        catch (TargetInvocationException e)
        {
            throw Refused($"a descriptor in it cannot be created: {PrintableText.OneLine(e.InnerException?.Message ?? e.Message)}", e);
        }
        // The boundary to third-party code.
        catch (Exception e) when (e is not InvalidInputException)
        {
            throw Refused($"it cannot be used: {PrintableText.OneLine(e.Message)}", e);
        }
    }

    /// <summary>
    /// Throws an exception if an assembly was built against a different version. Interfaces can change between versions, and a method that
    /// is only partly compatible would fail during training.
    /// </summary>
    /// <param name="what">The setting and the path, for the error message.</param>
    /// <param name="references">The assembly's references.</param>
    /// <exception cref="InvalidInputException">The assembly was built against a different version.</exception>
    internal static void CheckVersion(string what, IEnumerable<AssemblyName> references)
    {
        var own = typeof(MethodAssemblies).Assembly.GetName().Version!;
        var other = references.FirstOrDefault(reference => Own.Contains(reference.Name!)
            && (reference.Version!.Major, reference.Version.Minor) != (own.Major, own.Minor));
        if (other is not null)
            throw new InvalidInputException(
                $"{what}: it was built against {other.Name} {other.Version!.ToString(2)}, but this is version {own.ToString(2)}; "
                + "rebuild it against this version.");
    }

    private sealed class Context(string path) : AssemblyLoadContext(Path.GetFileNameWithoutExtension(path))
    {
        private readonly AssemblyDependencyResolver _beside = new(path);

        protected override Assembly? Load(AssemblyName assemblyName)
        {
            try
            {
                return Default.LoadFromAssemblyName(new AssemblyName(assemblyName.Name!));
            }
            catch (FileNotFoundException)
            {
                return _beside.ResolveAssemblyToPath(assemblyName) is { } file ? LoadFromAssemblyPath(file) : null;
            }
        }
    }
}
