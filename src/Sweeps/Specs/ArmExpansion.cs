using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Expands one arm into rows. Lists in the arm are grid axes, and the arm's own values override the values in the spec's "train".
/// </summary>
/// <param name="methods">The methods that arms can use.</param>
/// <param name="train">The spec's "train".</param>
/// <param name="source">The spec, for error messages.</param>
internal sealed class ArmExpansion(MethodCatalog methods, JsonObject train, SpecSource source)
{
    /// <summary>The maximum number of rows that one arm can expand to.</summary>
    private const int MaxRows = 1000;

    /// <summary>The keys of an arm that can also be at the top level of a spec, where they apply to all arms.</summary>
    public static IReadOnlyList<string> Shared { get; } = [AxisValues.Shots, AxisValues.Backbone];

    /// <summary>Expands an arm that the schema has accepted.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="path">The arm's JSON path.</param>
    public IEnumerable<ArmSpec> Expand(JsonObject arm, string path)
    {
        var method = methods.Find((string)arm["method"]!);
        foreach (var (key, other) in methods.Keys)
            if (other != method && arm.ContainsKey(key))
                throw source.Refused($"{path}.{key}", $"method '{method.Name}' has no {key}; remove it");
        foreach (var key in method.Keys)
            if (key.Missing is { } missing && !arm.ContainsKey(key.Name))
                throw source.Refused(path, $"'{key.Name}' is missing; {missing}");

        var axes = Axes(arm, [], path).ToArray();
        var (grid, chosen) = (Array.FindAll(axes, axis => !axis.Chosen), Array.FindAll(axes, axis => axis.Chosen));
        chosen = Array.ConvertAll(chosen, axis =>
            axis with { Values = new([.. method.ByPreference(axis.Name, axis.Values).Select(value => value!.DeepClone())]) });
        foreach (var (some, what) in ((Axis[], string)[])[(grid, "rows"), (chosen, "candidates for each data set")])
        {
            var points = some.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Count, int.MaxValue));
            if (points > MaxRows)
                throw source.Refused(path, $"the grid has {points} {what}, which is more than {MaxRows}; shorten its lists");
        }
        var family = Family(arm, axes, method);
        foreach (var point in Points(arm, grid)) yield return Row(point, method, grid, chosen, path) with { Family = family };
    }

    /// <summary>Reduces each setting with several values to a single value.</summary>
    /// <param name="arm">The arm, which is modified.</param>
    /// <param name="path">The arm's JSON path.</param>
    /// <param name="value">A function that returns the new value of a setting as JSON, given the setting's name; null keeps the setting as
    /// written.</param>
    public void Fix(JsonObject arm, string path, Func<string, string?> value)
    {
        foreach (var axis in Axes(arm, [], path).ToArray())
            if (value(axis.Name) is { } one) axis.Holder(arm)[axis.Name] = JsonNode.Parse(one);
    }

    private IEnumerable<Axis> Axes(JsonObject arm, string[] prefix, string path)
    {
        foreach (var (key, value) in arm)
        {
            string[] place = [.. prefix, key];
            if (value is JsonObject nested && prefix.Length == 0 && methods.Names.Contains(key))
                foreach (var axis in Axes(nested, place, $"{path}.{key}")) yield return axis;
            else if (Axis.Of(place, value, $"{path}.{key}", source, methods.Schema) is { } own) yield return own;
        }
    }

    private static IEnumerable<JsonObject> Points(JsonObject arm, Axis[] axes)
    {
        IEnumerable<JsonObject> points = [arm];
        foreach (var axis in axes)
        {
            points = points.SelectMany(point => axis.Values.Select(value =>
            {
                var copy = point.DeepClone().AsObject();
                axis.Holder(copy)[axis.Name] = value!.DeepClone();
                return copy;
            }));
        }
        return points;
    }

    private ArmSpec Row(JsonObject point, MethodDescriptor method, Axis[] grid, Axis[] chosen, string path)
    {
        var own = (string?)point["label"];
        var name = own ?? method.Title;
        var details = own is null || grid.Length > 0 ? Details(point, method, grid, chosen) : [];
        return new ArmSpec
        {
            Path = path,
            Method = method.Name,
            Shots = (int?)point[AxisValues.Shots],
            Backbone = (string?)point[AxisValues.Backbone],
            Name = name,
            Label = details.Length > 0 ? $"{name} ({string.Join(", ", details)})" : name,
            Axes = Values(point, grid),
            Adaptive = [.. chosen.Select(axis => axis.Name)],
            Choices = [.. Points(point, chosen).Select(choice => Choice(choice, method, Values(choice, chosen)))],
            EpochsAreGiven = train.ContainsKey("epochs") || point.ContainsKey("epochs"),
        };
    }

    private static AxisValues Values(JsonObject point, Axis[] axes) =>
        new(axes.Select(axis => (axis.Name, axis.At(point).ToJsonString())));

    private ArmChoice Choice(JsonObject point, MethodDescriptor method, AxisValues values) =>
        method.Choice(values, point, method.IsTrained ? methods.Settings(method, Merged(point, method)) : null);

    private JsonObject Merged(JsonObject point, MethodDescriptor method)
    {
        var merged = method.PresetJson();
        Merge(merged, train);
        Merge(merged, point);
        return merged;
    }

    /// <summary>Returns the details after the arm's name in a label: first the method's details, then the other axes.</summary>
    private static string[] Details(JsonObject point, MethodDescriptor method, Axis[] grid, Axis[] chosen) =>
    [
        .. method.LeadingDetails(
            point, [.. grid.Select(axis => axis.Name)], [.. chosen.Select(axis => axis.Name)]),
        .. grid.Where(axis => method.Keys.All(key => key.Name != axis.Name))
            .Select(axis => $"{axis.Name}={AxisValues.Plain(axis.At(point).ToJsonString())}"),
        .. chosen.Where(axis => axis.Name != method.ForkAxis).Select(axis => $"adaptive {axis.Name}"),
    ];

    /// <summary>
    /// Returns a hash of all settings of an arm that are not on an axis. Keys that the method places directly in the arm are always
    /// excluded, so the points of a family differ only in their axis values.
    /// </summary>
    private string Family(JsonObject arm, Axis[] axes, MethodDescriptor method)
    {
        // A single value that the arm itself gives makes a separate family; several values are an axis within a family.
        string[] fixedOnes = [.. Shared.Where(key => arm.ContainsKey(key) && axes.All(axis => axis.Name != key))];
        if (!method.IsTrained)
            return method.Name + string.Concat(fixedOnes.Select(key => $" {key}={arm[key]!.ToJsonString()}"));
        var merged = Merged(arm, method);
        foreach (var key in fixedOnes) merged[key] = arm[key]!.DeepClone();
        foreach (var axis in axes.Where(axis => !Shared.Contains(axis.Name))) axis.Holder(merged).Remove(axis.Name);
        methods.RemoveOthers(merged, method);
        merged["method"] = method.Name;
        return TextHash.Of(merged.ToJsonString())[..16];
    }

    /// <summary>Overwrites the settings in one object with those in another. A method's own settings are merged one by one.</summary>
    private void Merge(JsonObject merged, JsonObject arm)
    {
        foreach (var (key, value) in arm)
        {
            if (key is "method" or "label" || Shared.Contains(key) || methods.IsKey(key)) continue;
            if (value is JsonObject part && merged[key] is JsonObject known)
                foreach (var (name, setting) in part) known[name] = setting!.DeepClone();
            else merged[key] = value!.DeepClone();
        }
    }
}
