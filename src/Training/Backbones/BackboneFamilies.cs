using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Backbones;

/// <summary>The backbone families that this program can load. A snapshot's config.json names its family.</summary>
public sealed class BackboneFamilies
{
    /// <summary>The name of the file in a snapshot that specifies the family.</summary>
    public const string ConfigName = "config.json";

    /// <summary>The family assumed if config.json has no <c>model_type</c>, which older CLIP exporters omit.</summary>
    private const string Assumed = "clip";

    private readonly Dictionary<string, IBackboneFamily> _families;

    /// <summary>Initializes a set of families.</summary>
    /// <param name="families">The families, each with a unique model type.</param>
    public BackboneFamilies(IEnumerable<IBackboneFamily> families) =>
        _families = families.ToDictionary(family => family.ModelType, StringComparer.Ordinal);

    /// <summary>The families that are built into the trainer.</summary>
    public static BackboneFamilies BuiltIn { get; } = new(In(typeof(BackboneFamilies).Assembly));

    /// <summary>The model types of all families.</summary>
    public IEnumerable<string> ModelTypes => _families.Keys.Order(StringComparer.Ordinal);

    /// <summary>
    /// Creates an instance of each family in an assembly. A family is a public class that implements <see cref="IBackboneFamily"/> and has
    /// a parameterless constructor.
    /// </summary>
    /// <param name="assembly">The assembly.</param>
    public static IEnumerable<IBackboneFamily> In(Assembly assembly) => assembly.GetExportedTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBackboneFamily))
            && type.GetConstructor(Type.EmptyTypes) is not null)
        .Select(type => (IBackboneFamily)Activator.CreateInstance(type)!);

    /// <summary>Returns the family of a snapshot.</summary>
    /// <param name="folder">The snapshot's folder.</param>
    /// <exception cref="InvalidInputException">The file config.json is missing, is not a JSON object, or names an unknown
    /// family.</exception>
    public IBackboneFamily Of(string folder)
    {
        var path = Path.Combine(folder, ConfigName);
        return SnapshotSection.Read(SnapshotSection.Bytes(path), path, root =>
        {
            return _families.GetValueOrDefault(root.Text("model_type", Assumed))
                ?? throw root.Bad("model_type", $"expected {string.Join(" or ", ModelTypes.Select(known => $"\"{known}\""))}");
        });
    }
}
