using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>The methods that specs and jobs may name, beside the formats of their data sets. It never changes.</summary>
public sealed partial class MethodCatalog
{
    private readonly Dictionary<string, MethodDescriptor> _byName;
    private readonly Lazy<SpecSchema> _schema;

    /// <summary>Brings methods together.</summary>
    /// <param name="methods">The methods, each name once.</param>
    /// <param name="formats">The formats of data sets.</param>
    /// <exception cref="InvalidInputException">Two have one name, a name is none or means something else in a spec, or settings cannot be
    /// described.</exception>
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
                throw new InvalidInputException($"method '{method.Name}' ({from}): a name has lower-case letters, digits and hyphens.");
            if (taken.Contains(method.Name))
                throw new InvalidInputException($"method '{method.Name}' ({from}): the name is a setting's; give the method another.");
            if (_byName.TryGetValue(method.Name, out var first))
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): the name is taken by {first.GetType().FullName}; give the method another.");
            // An axis is named by its setting alone.
            if (method.Settings.FirstOrDefault(setting => taken.Contains(setting.Name)) is { } setting)
                throw new InvalidInputException(
                    $"method '{method.Name}' ({from}): its setting '{setting.Name}' has the name of one that all methods have; rename it.");
            _byName.Add(method.Name, method);
        }
        _schema = new(() => new SpecSchema(this));
    }

    /// <summary>All methods, in the order of lists.</summary>
    public IReadOnlyList<MethodDescriptor> All { get; }

    /// <summary>Their names, in that order.</summary>
    public IEnumerable<string> Names => All.Select(method => method.Name);

    /// <summary>The formats of data sets.</summary>
    public FormatCatalog Formats { get; }

    /// <summary>The schema of specs that may name these methods and formats.</summary>
    public SpecSchema Schema => _schema.Value;

    /// <summary>Keys of an arm that say something of one method: the methods' names, and what they write into the arm itself.</summary>
    public IEnumerable<(string Key, MethodDescriptor Method)> Keys =>
        All.SelectMany(method => method.Keys.Select(key => key.Name).Prepend(method.Name).Select(key => (key, method)));

    /// <summary>Finds a method.</summary>
    /// <exception cref="InvalidInputException">There is none of that name.</exception>
    public MethodDescriptor Find(string name) => _byName.GetValueOrDefault(name)
        ?? throw new InvalidInputException($"There is no method '{name}'; give {string.Join(", ", Names)}.");

    /// <summary>Settings without those of other methods.</summary>
    /// <param name="name">The method that they are for.</param>
    /// <param name="settings">Settings that may hold parts of any method.</param>
    public TrainSettings Only(string name, TrainSettings settings)
    {
        var method = Find(name);
        return Settings(method, method.ToJson(settings));
    }

    /// <summary>Whether a key of an arm is one that a method writes into the arm itself.</summary>
    internal bool IsKey(string key) => All.Any(method => method.Keys.Any(own => own.Name == key));

    /// <summary>Reads a method's settings.</summary>
    /// <param name="method">The method.</param>
    /// <param name="json">What specs write, parts of any method included; changed.</param>
    internal TrainSettings Settings(MethodDescriptor method, JsonObject json)
    {
        RemoveOthers(json, method);
        return method.FromJson(json);
    }

    /// <summary>Removes the parts of other methods.</summary>
    internal void RemoveOthers(JsonObject settings, MethodDescriptor method)
    {
        foreach (var other in All.Where(other => other != method)) settings.Remove(other.Name);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]{0,39}$")]
    private static partial Regex Form();
}
