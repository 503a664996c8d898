using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Makes the rows of one arm: a list in an arm is a grid axis, and the arm's own values win over the spec's "train".</summary>
public static class ArmExpansion
{
    /// <summary>Most rows that one arm may expand to.</summary>
    public const int MaxRows = 1000;

    /// <summary>Expands an arm that the schema has accepted.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="train">The spec's "train".</param>
    /// <param name="path">The arm's JSON path.</param>
    /// <param name="source">What errors call the spec.</param>
    public static IEnumerable<ArmSpec> Expand(JsonObject arm, JsonObject train, string path, string source)
    {
        var method = (string)arm["method"]!;
        foreach (var key in (string[])[.. MethodNames.All, .. method == MethodNames.Adapt ? [] : (string[])["scorer", "tTarget"]])
            if (key != method && arm.ContainsKey(key))
                throw SpecParser.Refused(source, $"{path}.{key}", $"method '{method}' has no {key}; remove it");
        if (method == MethodNames.Adapt && !arm.ContainsKey("tTarget"))
            throw SpecParser.Refused(source, path, "'tTarget' is missing; add a number, a list, or {\"adaptive\": [...]}");

        var axes = Axes(arm, []).ToArray();
        var rows = axes.Aggregate(1L, (product, axis) => Math.Min(product * axis.Values.Count, int.MaxValue));
        if (rows > MaxRows) throw SpecParser.Refused(source, path, $"the grid has {rows} rows, more than {MaxRows}; shorten its lists");
        foreach (var point in Points(arm, axes)) yield return Row(point, axes, train, path);
    }

    private static IEnumerable<Axis> Axes(JsonObject arm, string[] prefix)
    {
        foreach (var (key, value) in arm)
        {
            string[] place = [.. prefix, key];
            if (value is JsonArray list) yield return new(place, list);
            else if (value is JsonObject nested && MethodNames.All.Contains(key))
                foreach (var axis in Axes(nested, place)) yield return axis;
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
                axis.Holder(copy)[axis.Place[^1]] = value!.DeepClone();
                return copy;
            }));
        }
        return points;
    }

    private static ArmSpec Row(JsonObject point, Axis[] axes, JsonObject train, string path)
    {
        var method = (string)point["method"]!;
        var own = (string?)point["label"];
        var row = new ArmSpec { Path = path, Method = method, Label = own ?? Title(method) };
        // Other axes than the two that every label of Adapt carries.
        var varied = axes.Where(axis => axis.Place[0] is not ("scorer" or "tTarget"))
            .Select(axis => $"{axis.Place[^1]}={axis.Holder(point)[axis.Place[^1]]!.ToJsonString().Trim('"')}").ToList();
        if (method == MethodNames.ZeroShot) return row;

        var merged = JsonSerializer.SerializeToNode(MethodPresets.Of(method), AdaptClusterJson.Compact)!.AsObject();
        Merge(merged, train);
        Merge(merged, point);
        var settings = MethodPresets.Only(method, merged.Deserialize<TrainSettings>(AdaptClusterJson.Compact)!);
        row = row with { Train = settings, EpochsAreGiven = train.ContainsKey("epochs") || point.ContainsKey("epochs") };
        if (method == MethodNames.Adapt)
        {
            var adaptive = point["tTarget"] as JsonObject;
            int[] targets = adaptive is null ? [(int)point["tTarget"]!] : [.. adaptive["adaptive"]!.AsArray().Select(t => (int)t!).Order()];
            var scorer = point["scorer"]?.Deserialize<Scorer>(AdaptClusterJson.Compact) ?? Scorer.Snip;
            row = row with { Scorer = scorer, TTargets = targets, Adaptive = adaptive is not null };
            varied.Insert(0, adaptive is null ? $"T={targets[0]}" : "adaptive T");
            if (point.ContainsKey("scorer") && (scorer != Scorer.Snip || axes.Any(axis => axis.Place[0] == "scorer")))
                varied.Insert(0, (string)point["scorer"]!);
        }
        var details = own is null || axes.Length > 0 ? varied : [];
        return row with { Label = details.Count > 0 ? $"{row.Label} ({string.Join(", ", details)})" : row.Label };
    }

    /// <summary>Writes settings over others, those of a method's own part one by one.</summary>
    private static void Merge(JsonObject merged, JsonObject settings)
    {
        foreach (var (key, value) in settings)
        {
            if (key is "method" or "label" or "scorer" or "tTarget") continue;
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

    private sealed record Axis(string[] Place, JsonArray Values)
    {
        public JsonObject Holder(JsonObject arm) => Place[..^1].Aggregate(arm, (node, key) => node[key]!.AsObject());
    }
}
