using System.Collections.Concurrent;
using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;
using AdaptCluster.Training.Data;

namespace AdaptCluster.Training.Methods;

/// <summary>All trainable methods. The descriptors of an assembly are found by reflection, so no list needs updating.</summary>
public static class TrainingMethods
{
    private static readonly Lazy<MethodCatalog> Own = new(() =>
        new MethodCatalog(In(typeof(TrainingMethods).Assembly), DatasetFormats.BuiltIn));

    private static readonly ConcurrentDictionary<string, Modules> Loaded = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, MethodCatalog> Extended = new(StringComparer.Ordinal);

    /// <summary>The methods that come with AdaptCluster.</summary>
    public static MethodCatalog BuiltIn => Own.Value;

    /// <summary>The methods and data set formats that come with AdaptCluster, plus those of other assemblies. An assembly is loaded
    /// once.</summary>
    /// <param name="assemblies">Paths of the other assemblies.</param>
    /// <param name="setting">The setting that names them, for errors.</param>
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

    /// <summary>The method descriptors of an assembly.</summary>
    /// <exception cref="InvalidInputException">A descriptor makes no method, or cannot be created.</exception>
    public static IReadOnlyList<MethodDescriptor> In(Assembly assembly) =>
        [.. ClassDiscovery.In<MethodDescriptor>(assembly, (typeof(IMethodFactory), "makes no method"))];

    /// <summary>The factory that creates a method's tensors.</summary>
    /// <param name="method">A method of a catalog of this class.</param>
    internal static IMethodFactory Factory(MethodDescriptor method) => (IMethodFactory)method;
}

/// <summary>The methods and formats that an assembly adds.</summary>
/// <param name="Methods">The assembly's methods.</param>
/// <param name="Formats">The assembly's data set formats.</param>
internal sealed record Modules(IReadOnlyList<MethodDescriptor> Methods, IReadOnlyList<DatasetFormat> Formats);
