using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Planning;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Parses a spec: reads it as JSON or YAML, validates it against the published schema, and checks the rules that a schema cannot express.
/// </summary>
public static class SpecParser
{
    /// <summary>The maximum length of a spec, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>The maximum number of rows that all arms of a spec can expand to.</summary>
    private const int MaxRows = 50_000;

    /// <summary>Parses a spec.</summary>
    /// <param name="json">The text: JSON, possibly with comments and trailing commas, or YAML.</param>
    /// <param name="source">The name of the spec in error messages. It is also the sweep's name if the spec has no "name".</param>
    /// <param name="methods">The methods and data set formats that the spec can use.</param>
    /// <exception cref="InvalidInputException">The spec is invalid. The message contains the source, the JSON path, what was found and what
    /// to write instead.</exception>
    public static SweepSpec Parse(string json, string source, MethodCatalog methods)
    {
        var read = SpecDocument.Read(json, source);
        using var document = JsonDocument.Parse(read.Normal);
        var (root, from) = (document.RootElement, read.Source);
        if (methods.Schema.Check(root) is { } problem) throw from.Refused(problem.Path, problem.Message, key: problem.Key);
        var seeds = root.TryGetProperty("seeds", out var listed) ? listed.EnumerateArray().Select(s => s.GetInt32()).ToArray() : [1, 2, 3];
        var datasets = DatasetList.Read(root.GetProperty("datasets"), from, "$.datasets", methods.Formats);
        var (arms, isFixed) = (Arms(root, from, methods), Text(root, "selection") == "fixed");
        if (isFixed && Array.Find(arms, arm => arm.Adaptive.Count > 0) is { } chooses)
            throw from.Refused(chooses.Path, $"'{chooses.Adaptive[0]}' is chosen by validation accuracy, but the spec's selection is "
                + "fixed; write one value, or remove \"selection\"");
        return new SweepSpec
        {
            Source = from,
            Json = read.Json,
            Name = Text(root, "name") ?? NameOf(source),
            Backbone = First(root, AxisValues.Backbone) is { } backbone ? backbone.GetString()! : "clip-vit-base-patch16",
            Shots = First(root, AxisValues.Shots) is { } shots ? shots.GetInt32() : 16,
            Seeds = seeds,
            Datasets = datasets,
            Evaluate = root.TryGetProperty("evaluate", out var targets)
                ? DatasetList.Targets(targets, from, datasets, methods.Formats) : [],
            SelectionIsFixed = isFixed,
            Arms = arms,
        };
    }

    /// <summary>Returns the reason for a JSON error, without its position.</summary>
    internal static string Reason(JsonException error) => error.Message.Split(". ")[0].TrimEnd('.');

    /// <summary>Returns a value, or the first of a list of values.</summary>
    private static JsonElement? First(JsonElement root, string key) =>
        !root.TryGetProperty(key, out var value) ? null : value.ValueKind == JsonValueKind.Array ? value[0] : value;

    internal static string? Text(JsonElement element, string key) => element.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static string NameOf(string source)
    {
        // The path of a pipe contains an arbitrary file descriptor, and the name is part of a sweep's id.
        if (source.StartsWith("/dev/", StringComparison.Ordinal) || source.StartsWith("/proc/", StringComparison.Ordinal)) return "sweep";
        var name = new string([.. Path.GetFileNameWithoutExtension(source).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]);
        return name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) ? name[..Math.Min(name.Length, 64)] : "sweep";
    }

    private static ArmSpec[] Arms(JsonElement root, SpecSource source, MethodCatalog methods)
    {
        var shared = root.TryGetProperty("train", out var train) ? JsonNode.Parse(train.GetRawText())!.AsObject() : [];
        var expansion = new ArmExpansion(methods, shared, source);
        var arms = new List<ArmSpec>();
        foreach (var (arm, index) in root.GetProperty("arms").EnumerateArray().Select((arm, index) => (arm, index)))
        {
            var own = JsonNode.Parse(arm.GetRawText())!.AsObject();
            // A list at the top level is an axis of every arm without its own value.
            foreach (var key in ArmExpansion.Shared)
                if (!own.ContainsKey(key) && root.TryGetProperty(key, out var list) && list.ValueKind == JsonValueKind.Array)
                    own[key] = JsonNode.Parse(list.GetRawText());
            arms.AddRange(expansion.Expand(own, $"$.arms[{index}]"));
            if (arms.Count > MaxRows) throw source.Refused("$.arms", $"the arms expand to more than {MaxRows} rows; split the sweep");
        }
        foreach (var group in arms.GroupBy(arm => arm.Label).Where(group => group.Count() > 1))
            throw source.Refused(group.Last().Path,
                $"two rows have the label '{group.Key}' (the other is {group.First().Path}); remove one, or give it its own \"label\"");
        return [.. arms];
    }
}
