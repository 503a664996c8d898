using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>All methods and data set formats that specs and jobs can use. Immutable.</summary>
public sealed partial class MethodCatalog
{
    private readonly Dictionary<string, MethodDescriptor> _byName;
    private readonly Lazy<SpecSchema> _schema;

    /// <summary>Initializes a catalog.</summary>
    /// <param name="methods">The methods; their names are unique.</param>
    /// <param name="formats">The data set formats.</param>
    /// <exception cref="InvalidInputException">Two methods have the same name, the name of a method or setting is invalid or already used
    /// in specs, or settings cannot be described.</exception>
    public MethodCatalog(IEnumerable<MethodDescriptor> methods, FormatCatalog formats)
    {
        Formats = formats;
        All = [.. methods.OrderBy(method => method.Order).ThenBy(method => method.Name, StringComparer.Ordinal)];
        _byName = new(StringComparer.Ordinal);
        var taken = SettingInfo.Of(typeof(TrainSettings)).Select(setting => setting.Name)
            .Concat(["method", "label", "own", .. ArmExpansion.Shared])
            .Concat(All.SelectMany(method => method.Keys).Select(key => key.Name)).ToHashSet();
        foreach (var method in All)
        {
            var from = $"{method.GetType().FullName} in {method.GetType().Assembly.GetName().Name}";
            if (!Form().IsMatch(method.Name))
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): a name may contain only lower-case letters, digits and hyphens.");
            if (taken.Contains(method.Name))
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): a setting already has this name; give the method another name.");
            if (_byName.TryGetValue(method.Name, out var first))
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): {first.GetType().FullName} already has this name; give the method another name.");
            // Axes are named by their setting without the method's name.
            if (method.Settings.FirstOrDefault(setting => taken.Contains(setting.Name)) is { } setting)
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): its setting '{setting.Name}' has a name that is already used in specs; rename it.");
            _byName.Add(method.Name, method);
        }
        _schema = new(() => new SpecSchema(this));
    }

    /// <summary>All methods, in display order.</summary>
    public IReadOnlyList<MethodDescriptor> All { get; }

    /// <summary>The names of all methods, in display order.</summary>
    public IEnumerable<string> Names => All.Select(method => method.Name);

    /// <summary>The data set formats.</summary>
    public FormatCatalog Formats { get; }

    /// <summary>The JSON Schema for specs that use these methods and formats.</summary>
    public SpecSchema Schema => _schema.Value;

    /// <summary>
    /// The arm keys that belong to a single method: the method's name, and the keys that the method places directly in the arm.
    /// </summary>
    public IEnumerable<(string Key, MethodDescriptor Method)> Keys =>
        All.SelectMany(method => method.Keys.Select(key => key.Name).Prepend(method.Name).Select(key => (key, method)));

    /// <summary>Returns the method with the given name.</summary>
    /// <exception cref="InvalidInputException">No method has that name.</exception>
    public MethodDescriptor Find(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidInputException($"There is no method '{name}'; use one of {string.Join(", ", Names)}.");

    /// <summary>Returns training settings without the settings for other methods.</summary>
    /// <param name="name">The method whose settings are kept.</param>
    /// <param name="settings">Training settings, which can contain the settings of any method.</param>
    public TrainSettings Only(string name, TrainSettings settings)
    {
        var method = Find(name);
        return Settings(method, method.ToJson(settings));
    }

    /// <summary>Whether any method places the key directly in the arm.</summary>
    internal bool IsKey(string key) => All.Any(method => method.Keys.Any(own => own.Name == key));

    /// <summary>Reads a method's settings.</summary>
    /// <param name="method">The method.</param>
    /// <param name="json">The settings as written in a spec, possibly including the settings for other methods, which are removed.</param>
    internal TrainSettings Settings(MethodDescriptor method, JsonObject json)
    {
        RemoveOthers(json, method);
        return method.FromJson(json);
    }

    /// <summary>Removes the settings for other methods.</summary>
    internal void RemoveOthers(JsonObject settings, MethodDescriptor method)
    {
        foreach (var other in All.Where(other => other != method)) settings.Remove(other.Name);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$")]
    private static partial Regex Form();
}
