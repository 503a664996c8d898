using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Datasets;
using AdaptCluster.Sweeps.Methods;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Reads a spec: JSON, then the published schema, then what a schema cannot say.</summary>
public static class SpecParser
{
    /// <summary>Longest spec, in bytes of UTF-8.</summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>Most rows that all arms of a spec may expand to.</summary>
    private const int MaxRows = 50_000;

    /// <summary>Reads a spec.</summary>
    /// <param name="json">Its text.</param>
    /// <param name="source">What errors call it; without "name" in the spec, the sweep is called after it.</param>
    /// <param name="methods">The methods and formats of data sets that it may name.</param>
    /// <exception cref="InvalidInputException">It is refused; the message names the source, the JSON path, what was found and what to
    /// write.</exception>
    public static SweepSpec Parse(string json, string source, MethodCatalog methods)
    {
        if (Encoding.UTF8.GetByteCount(json) > MaxBytes)
            throw new InvalidInputException($"{source}: the spec is longer than {MaxBytes} bytes; split it into several sweeps.");
        using var document = JsonDocument.Parse(Normal(json, source));
        var root = document.RootElement;
        if (methods.Schema.Check(root) is { } problem) throw Refused(source, problem.Path, problem.Message);
        var seeds = root.TryGetProperty("seeds", out var listed) ? listed.EnumerateArray().Select(s => s.GetInt32()).ToArray() : [1, 2, 3];
        return new SweepSpec
        {
            Source = source,
            Json = json,
            Name = Text(root, "name") ?? NameOf(source),
            Backbone = Text(root, "backbone") ?? "clip-vit-base-patch16",
            Shots = root.TryGetProperty("shots", out var shots) ? shots.GetInt32() : 16,
            Seeds = seeds,
            Datasets = Datasets(root.GetProperty("datasets"), source, methods.Formats),
            Arms = Arms(root, source, methods),
        };
    }

    /// <summary>The error of a refused spec: one line that ends with one full stop or question mark.</summary>
    internal static InvalidInputException Refused(string source, string path, string message, Exception? inner = null) =>
        new(PrintableText.OneLine($"{source}: {path}: {Sentence(message)}"), inner);

    /// <summary>What was wrong with a JSON text, without the place.</summary>
    internal static string Reason(JsonException error) => error.Message.Split(". ")[0].TrimEnd('.');

    private static string Sentence(string message) => message.TrimEnd('.', ' ') is var text && text.EndsWith('?') ? text : text + ".";

    private static byte[] Normal(string json, string source)
    {
        try
        {
            using var document = SpecText.Parse(json);
            var (normal, problem) = SpecText.Normalise(document.RootElement);
            return normal ?? throw Refused(source, problem!.Path, problem.Message);
        }
        catch (JsonException e)
        {
            var where = e.LineNumber is { } line ? $"line {line + 1}, column {e.BytePositionInLine + 1}: " : "";
            throw new InvalidInputException(PrintableText.OneLine($"{source}: {where}no valid JSON: {Reason(e)}."), e);
        }
    }

    private static string? Text(JsonElement element, string key) => element.TryGetProperty(key, out var value) ? value.GetString() : null;

    private static string NameOf(string source)
    {
        // A pipe is called by a number that the shell happens to have free, and the name is part of a sweep's id.
        if (source.StartsWith("/dev/", StringComparison.Ordinal) || source.StartsWith("/proc/", StringComparison.Ordinal)) return "sweep";
        var name = new string([.. Path.GetFileNameWithoutExtension(source).Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')]);
        return name.Length > 0 && char.IsAsciiLetterOrDigit(name[0]) ? name[..Math.Min(name.Length, 64)] : "sweep";
    }

    private static DatasetSource[] Datasets(JsonElement list, string source, FormatCatalog formats)
    {
        var datasets = new List<DatasetSource>();
        foreach (var (item, index) in list.EnumerateArray().Select((item, index) => (item, index)))
        {
            var path = $"$.datasets[{index}]";
            var dataset = item.ValueKind == JsonValueKind.String
                ? new DatasetSource { Name = item.GetString()!, Format = formats.OfName(item.GetString()!).Name }
                : Described(item, source, path, formats);
            if (datasets.Any(d => d.Name == dataset.Name))
                throw Refused(source, path, $"data set '{dataset.Name}' stands in the list twice; write it once");
            datasets.Add(dataset);
        }
        return [.. datasets];
    }

    private static DatasetSource Described(JsonElement item, string source, string path, FormatCatalog formats)
    {
        var name = Text(item, "name")!;
        var format = Text(item, "format") is { } written ? formats.Find(written) : formats.OfName(name);
        foreach (var key in DatasetKeys.All.Except(format.Keys))
            if (item.TryGetProperty(key, out _)) throw Refused(source, $"{path}.{key}", format.Refusal(key, name));
        if (format.NeedsPath && Text(item, DatasetKeys.Path) is null)
            throw Refused(source, path, $"'path' is missing; write the {format.Name} file's path relative to the data root");
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

    private static ArmSpec[] Arms(JsonElement root, string source, MethodCatalog methods)
    {
        var shared = root.TryGetProperty("train", out var train) ? JsonNode.Parse(train.GetRawText())!.AsObject() : [];
        var expansion = new ArmExpansion(methods, shared, source);
        var arms = new List<ArmSpec>();
        foreach (var (arm, index) in root.GetProperty("arms").EnumerateArray().Select((arm, index) => (arm, index)))
        {
            arms.AddRange(expansion.Expand(JsonNode.Parse(arm.GetRawText())!.AsObject(), $"$.arms[{index}]"));
            if (arms.Count > MaxRows) throw Refused(source, "$.arms", $"the arms make more than {MaxRows} rows; split the sweep");
        }
        foreach (var group in arms.GroupBy(arm => arm.Label).Where(group => group.Count() > 1))
            throw Refused(source, group.Last().Path,
                $"two rows are called '{group.Key}' ({group.First().Path} is the other); remove one, or give it its own \"label\"");
        return [.. arms];
    }
}
