using System.Collections.Concurrent;
using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Methods;

/// <summary>
/// Finds the available methods. Descriptors are discovered in an assembly by reflection, so there is no list to maintain.
/// </summary>
public static class TrainingMethods
{
    private static readonly Lazy<MethodCatalog> Own = new(() =>
        new MethodCatalog(In(typeof(TrainingMethods).Assembly), DatasetFormats.BuiltIn));

    private static readonly ConcurrentDictionary<string, Modules> Loaded = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, MethodCatalog> Extended = new(StringComparer.Ordinal);

    /// <summary>The methods that come with AdaptCluster.</summary>
    public static MethodCatalog BuiltIn => Own.Value;

    /// <summary>
    /// Returns the methods and data set formats that come with AdaptCluster and those in additional assemblies. Each assembly is loaded
    /// only once.
    /// </summary>
    /// <param name="assemblies">The paths of the additional assemblies.</param>
    /// <param name="setting">The name of the setting that lists the assemblies, for error messages.</param>
    /// <exception cref="InvalidInputException">An assembly cannot be used, or a name is already taken.</exception>
    public static MethodCatalog With(IReadOnlyList<string> assemblies, string setting)
    {
        if (assemblies.Count == 0) return BuiltIn;
        return Extended.GetOrAdd(string.Join(Path.PathSeparator, assemblies), _ =>
        {
            Modules[] more = [.. assemblies.Select(path => Loaded.GetOrAdd(path, path => MethodAssemblies.Load(path, setting)))];
            return new MethodCatalog([.. BuiltIn.All, .. more.SelectMany(from => from.Methods)],
                new FormatCatalog([.. BuiltIn.Formats.All, .. more.SelectMany(from => from.Formats)]));
        });
    }

    /// <summary>Returns the method descriptors in an assembly.</summary>
    /// <exception cref="InvalidInputException">A descriptor does not implement <see cref="IMethodFactory"/>, or it cannot be
    /// instantiated.</exception>
    public static IReadOnlyList<MethodDescriptor> In(Assembly assembly) =>
        [.. ClassDiscovery.In<MethodDescriptor>(assembly, (typeof(IMethodFactory), "does not create a method"))];

    /// <summary>Returns the factory for a method.</summary>
    /// <param name="method">The descriptor of a method, from a catalog that this class returned.</param>
    internal static IMethodFactory Factory(MethodDescriptor method) => (IMethodFactory)method;
}

/// <summary>The methods and formats that an assembly adds.</summary>
/// <param name="Methods">The assembly's methods.</param>
/// <param name="Formats">The assembly's data set formats.</param>
internal sealed record Modules(IReadOnlyList<MethodDescriptor> Methods, IReadOnlyList<DatasetFormat> Formats);
