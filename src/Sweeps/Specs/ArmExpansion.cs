using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Contracts.Planning;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Makes the rows of one arm: a list in an arm is a grid axis, and the arm's own values win over the spec's "train".</summary>
public static class ArmExpansion
{
    /// <summary>Most rows that one arm may expand to.</summary>
    public const int MaxRows = 1000;

    /// <summary>The settings of Adapt that stand in the arm itself.</summary>
    private static readonly string[] Own = [AxisValues.Scorer, AxisValues.TTarget];

    /// <summary>Expands an arm that the schema has accepted.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="train">The spec's "train".</param>
    /// <param name="path">The arm's JSON path.</param>
    /// <param name="source">What errors call the spec.</param>
    public static IEnumerable<ArmSpec> Expand(JsonObject arm, JsonObject train, string path, string source)
    {
        var method = (string)arm["method"]!;
        foreach (var key in (string[])[.. MethodNames.All, .. method == MethodNames.Adapt ? [] : Own])
            if (key != method && arm.ContainsKey(key))
                throw SpecParser.Refused(source, $"{path}.{key}", $"method '{method}' has no {key}; remove it");
        if (method == MethodNames.Adapt && !arm.ContainsKey(AxisValues.TTarget))
            throw SpecParser.Refused(source, path, "'tTarget' is missing; add a number, a list, or {\"adaptive\": [...]}");

        var axes = Axes(arm, [], path, source).ToArray();
        var (grid, chosen) = (Array.FindAll(axes, axis => !axis.Chosen), Array.FindAll(axes, axis => axis.Chosen));
        // A smaller T_target is preferred among equals; of other settings what the spec gives first.
        chosen = Array.ConvertAll(chosen, axis => axis.Name == AxisValues.TTarget ? axis with { Values = Ascending(axis.Values) } : axis);
        foreach (var (some, what) in ((Axis[], string)[])[(grid, "rows"), (chosen, "candidates for each data set")])
        {
            var points = some.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Count, int.MaxValue));
            if (points > MaxRows)
                throw SpecParser.Refused(source, path, $"the grid has {points} {what}, more than {MaxRows}; shorten its lists");
        }
        var family = Family(arm, axes, method, train);
        foreach (var point in Points(arm, grid)) yield return Row(point, grid, chosen, train, path) with { Family = family };
    }

    private static IEnumerable<Axis> Axes(JsonObject arm, string[] prefix, string path, string source)
    {
        foreach (var (key, value) in arm)
        {
            string[] place = [.. prefix, key];
            if (value is JsonObject nested && prefix.Length == 0 && MethodNames.All.Contains(key))
                foreach (var axis in Axes(nested, place, $"{path}.{key}", source)) yield return axis;
            else if (Axis.Of(place, value, $"{path}.{key}", source) is { } own) yield return own;
        }
    }

    private static JsonArray Ascending(JsonArray numbers) =>
        new([.. numbers.Select(number => (int)number!).Order().Select(number => (JsonNode)JsonValue.Create(number))]);

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

    private static ArmSpec Row(JsonObject point, Axis[] grid, Axis[] chosen, JsonObject train, string path)
    {
        var method = (string)point["method"]!;
        var own = (string?)point["label"];
        var name = own ?? Title(method);
        var details = own is null || grid.Length > 0 ? Details(point, method, grid, chosen) : [];
        return new ArmSpec
        {
            Path = path,
            Method = method,
            Name = name,
            Label = details.Count > 0 ? $"{name} ({string.Join(", ", details)})" : name,
            Axes = Values(point, grid),
            Adaptive = [.. chosen.Select(axis => axis.Name)],
            Choices = [.. Points(point, chosen).Select(choice => Choice(choice, method, Values(choice, chosen), train))],
            EpochsAreGiven = train.ContainsKey("epochs") || point.ContainsKey("epochs"),
        };
    }

    private static AxisValues Values(JsonObject point, Axis[] axes) =>
        new(axes.Select(axis => (axis.Name, axis.At(point).ToJsonString())));

    private static ArmChoice Choice(JsonObject point, string method, AxisValues values, JsonObject train)
    {
        if (method == MethodNames.ZeroShot) return new(values, null, null, null);
        var settings = MethodPresets.Only(method, Merged(point, method, train).Deserialize<TrainSettings>(AdaptClusterJson.Compact)!);
        return method == MethodNames.Adapt ? new(values, ScorerOf(point), (int)point[AxisValues.TTarget]!, settings)
            : new(values, null, null, settings);
    }

    private static Scorer ScorerOf(JsonObject point) =>
        point[AxisValues.Scorer]?.Deserialize<Scorer>(AdaptClusterJson.Compact) ?? Scorer.Snip;

    private static JsonObject Merged(JsonObject point, string method, JsonObject train)
    {
        var merged = JsonSerializer.SerializeToNode(MethodPresets.Of(method), AdaptClusterJson.Compact)!.AsObject();
        Merge(merged, train);
        Merge(merged, point);
        return merged;
    }

    /// <summary>What a label says behind the arm's name: Adapt's scorer and T_target, then the other axes.</summary>
    private static List<string> Details(JsonObject point, string method, Axis[] grid, Axis[] chosen)
    {
        List<string> details =
        [
            .. grid.Where(axis => !Own.Contains(axis.Name))
                .Select(axis => $"{axis.Name}={AxisValues.Plain(axis.At(point).ToJsonString())}"),
            .. chosen.Where(axis => axis.Name != AxisValues.TTarget).Select(axis => $"adaptive {axis.Name}"),
        ];
        if (method != MethodNames.Adapt) return details;
        details.Insert(0, Array.Exists(chosen, axis => axis.Name == AxisValues.TTarget) ? "adaptive T"
            : $"T={(int)point[AxisValues.TTarget]!}");
        if (point[AxisValues.Scorer] is JsonValue scorer
            && (ScorerOf(point) != Scorer.Snip || Array.Exists(grid, axis => axis.Name == AxisValues.Scorer)))
            details.Insert(0, (string)scorer!);
        return details;
    }

    /// <summary>
    /// A hash of all settings of an arm but those on axes, which Adapt's scorer and T_target always are: what two points of one family
    /// differ in stands on an axis.
    /// </summary>
    private static string Family(JsonObject arm, Axis[] axes, string method, JsonObject train)
    {
        if (method == MethodNames.ZeroShot) return method;
        var merged = Merged(arm, method, train);
        foreach (var axis in axes) axis.Holder(merged).Remove(axis.Name);
        foreach (var other in MethodNames.All.Where(other => other != method)) merged.Remove(other);
        merged["method"] = method;
        return TextHash.Of(merged.ToJsonString())[..16];
    }

    /// <summary>Writes settings over others, those of a method's own part one by one.</summary>
    private static void Merge(JsonObject merged, JsonObject settings)
    {
        foreach (var (key, value) in settings)
        {
            if (key is "method" or "label" || Own.Contains(key)) continue;
            if (value is JsonObject part && merged[key] is JsonObject known) Merge(known, part);
            else merged[key] = value!.DeepClone();
        }
    }

    private static string Title(string method) => method switch
    {
        MethodNames.Adapt => "Adapt",
        MethodNames.ZeroShot => "Zero-shot",
        MethodNames.CoOp => "CoOp",
        MethodNames.CoCoOp => "CoCoOp",
        MethodNames.Maple => "MaPLe",
        MethodNames.ProGrad => "ProGrad",
        MethodNames.KgCoOp => "KgCoOp",
        _ => method.ToUpperInvariant(),
    };
}
