using System.Reflection;
using AdaptCluster.Contracts;
using AdaptCluster.Training.Files;

namespace AdaptCluster.Training.Backbones;

/// <summary>The families that this program can load; which of them a snapshot belongs to says its config.json.</summary>
public sealed class BackboneFamilies
{
    /// <summary>The file of a snapshot that names the family.</summary>
    public const string ConfigName = "config.json";

    /// <summary>What a config.json without a type is taken for, as older writers of CLIP left it out.</summary>
    private const string Assumed = "clip";

    private readonly Dictionary<string, IBackboneFamily> _families;

    /// <summary>Brings families together.</summary>
    /// <param name="families">Each with a model type of its own.</param>
    public BackboneFamilies(IEnumerable<IBackboneFamily> families) =>
        _families = families.ToDictionary(family => family.ModelType, StringComparer.Ordinal);

    /// <summary>Those of the trainer itself.</summary>
    public static BackboneFamilies BuiltIn { get; } = new(In(typeof(BackboneFamilies).Assembly));

    /// <summary>The model types of all families.</summary>
    public IEnumerable<string> ModelTypes => _families.Keys.Order(StringComparer.Ordinal);

    /// <summary>The families that an assembly has: its public classes that can be made from nothing.</summary>
    /// <param name="assembly">The assembly.</param>
    public static IEnumerable<IBackboneFamily> In(Assembly assembly) => assembly.GetExportedTypes()
        .Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IBackboneFamily))
            && type.GetConstructor(Type.EmptyTypes) is not null)
        .Select(type => (IBackboneFamily)Activator.CreateInstance(type)!);

    /// <summary>The family of a snapshot.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="InvalidInputException">There is no config.json, it is no JSON object, or it names a family that is not
    /// known.</exception>
    public IBackboneFamily Of(string folder)
    {
        var path = Path.Combine(folder, ConfigName);
        return SnapshotSection.Read(SnapshotSection.Bytes(path), path, root =>
        {
            return _families.GetValueOrDefault(root.Text("model_type", Assumed))
                ?? throw root.Bad("model_type", $"{string.Join(" or ", ModelTypes.Select(known => $"\"{known}\""))} expected");
        });
    }
}
