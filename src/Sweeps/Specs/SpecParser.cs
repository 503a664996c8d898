using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Reads a spec: JSON or YAML, then the published schema, then what a schema cannot say.</summary>
public static class SpecParser
{
    /// <summary>Longest spec, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Most rows that all arms of a spec may expand to.</summary>
    private const int MaxRows = 50_000;

    /// <summary>Reads a spec.</summary>
    /// <param name="json">Its text: JSON, also with comments and trailing commas, or YAML.</param>
    /// <param name="source">What errors call it; without "name" in the spec, the sweep is called after it.</param>
    /// <param name="methods">The methods and formats of data sets that it may name.</param>
    /// <exception cref="InvalidInputException">It is refused; the message names the source, the JSON path, what was found and what to
    /// write.</exception>
    public static SweepSpec Parse(string json, string source, MethodCatalog methods)
    {
        var read = SpecDocument.Read(json, source);
        using var document = JsonDocument.Parse(read.Normal);
        var (root, from) = (document.RootElement, read.Source);
        if (methods.Schema.Check(root) is { } problem) throw from.Refused(problem.Path, problem.Message, key: problem.Key);
        var seeds = root.TryGetProperty("seeds", out var listed) ? listed.EnumerateArray().Select(s => s.GetInt32()).ToArray() : [1, 2, 3];
        return new SweepSpec
        {
            Source = from,
            Json = read.Json,
            Name = Text(root, "name") ?? NameOf(source),
            Backbone = Text(root, "backbone") ?? "clip-vit-base-patch16",
            Shots = root.TryGetProperty("shots", out var shots) ? shots.GetInt32() : 16,
            Seeds = seeds,
            Datasets = Datasets(root.GetProperty("datasets"), from, methods.Formats),
            Arms = Arms(root, from, methods),
        };
    }

    /// <summary>What was wrong with a JSON text, without the place.</summary>
    internal static string Reason(JsonException error) => error.Message.Split(". ")[0].TrimEnd('.');

    private static string? Text(JsonElement element, string key) => element.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static string NameOf(string source)
    {
        // A pipe is called by a number that the shell happens to have free, and the name is part of a sweep's id.
        if (source.StartsWith("/dev/", StringComparison.Ordinal) || source.StartsWith("/proc/", StringComparison.Ordinal)) return "sweep";
        var name = new string([.. Path.GetFileNameWithoutExtension(source).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]);
        return name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) ? name[..Math.Min(name.Length, 64)] : "sweep";
    }

    private static DatasetSource[] Datasets(JsonElement list, SpecSource source, FormatCatalog formats)
    {
        var datasets = new List<DatasetSource>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"$.datasets[{index}]";
            var dataset = item.ValueKind == JsonValueKind.String
                ? ByName(formats.KnownAs(item.GetString()!), formats)
                : Described(item, source, path, formats);
            if (datasets.Any(d => d.Name == dataset.Name))
                throw source.Refused(path, $"data set '{dataset.Name}' stands in the list twice; write it once");
            datasets.Add(dataset);
        }
        return [.. datasets];
    }

    private static DatasetSource ByName(string name, FormatCatalog formats) =>
        new() { Name = name, Format = formats.OfName(name).Name };

    private static DatasetSource Described(JsonElement item, SpecSource source, string path, FormatCatalog formats)
    {
        var written = Text(item, "format");
        // What says its format is somebody's own, whatever it is called.
        var name = written is null ? formats.KnownAs(Text(item, "name")!) : Text(item, "name")!;
        var format = written is not null ? formats.Find(written) : formats.OfName(name);
        foreach (var key in DatasetKeys.All.Except(format.Keys))
            if (item.TryGetProperty(key, out _)) throw source.Refused($"{path}.{key}", format.Refusal(key, name));
        if (format.NeedsPath && Text(item, DatasetKeys.Path) is null)
            throw source.Refused(path, $"'path' is missing; write the {format.Name} file's path relative to the data root");
        return new DatasetSource
        {
            Name = name,
            Format = format.Name,
            Path = format.IsKnownByName ? null : Text(item, DatasetKeys.Path) ?? name,
            Template = Text(item, "template"),
            Images = Text(item, DatasetKeys.Images),
            Names = item.TryGetProperty(DatasetKeys.Names, out var names)
                ? new(names.EnumerateObject().ToDictionary(pair => pair.Name, pair => pair.Value.GetString()!), StringComparer.Ordinal)
                : null,
        };
    }

    private static ArmSpec[] Arms(JsonElement root, SpecSource source, MethodCatalog methods)
    {
        var shared = root.TryGetProperty("train", out var train) ? JsonNode.Parse(train.GetRawText())!.AsObject() : [];
        var expansion = new ArmExpansion(methods, shared, source);
        var arms = new List<ArmSpec>();
        foreach (var (arm, index) in root.GetProperty("arms").EnumerateArray().Select((arm, index) => (arm, index)))
        {
            arms.AddRange(expansion.Expand(JsonNode.Parse(arm.GetRawText())!.AsObject(), $"$.arms[{index}]"));
            if (arms.Count > MaxRows) throw source.Refused("$.arms", $"the arms make more than {MaxRows} rows; split the sweep");
        }
        foreach (var group in arms.GroupBy(arm => arm.Label).Where(group => group.Count() > 1))
            throw source.Refused(group.Last().Path,
                $"two rows are called '{group.Key}' ({group.First().Path} is the other); remove one, or give it its own \"label\"");
        return [.. arms];
    }
}
