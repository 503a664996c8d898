using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>The text of a spec as JSON, whether it was written as JSON, as JSON with comments and trailing commas, or as YAML.</summary>
/// <param name="Source">The name of the spec in error messages, with the line of each value if the text is YAML.</param>
/// <param name="Json">The spec as strict JSON, which every parser accepts. It is the text itself if that is already strict JSON.</param>
/// <param name="Normal">The spec in the normalised form that the schema checks.</param>
internal sealed record SpecDocument(SpecSource Source, string Json, byte[] Normal)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = SpecText.MaxDepth };

    /// <summary>Reads the text of a spec.</summary>
    /// <param name="text">The text.</param>
    /// <param name="name">The name of the spec in error messages. If it ends in .yaml or .yml, the text is YAML.</param>
    /// <exception cref="InvalidInputException">The text is too long, is neither JSON nor YAML, or contains an object with a duplicate
    /// key.</exception>
    public static SpecDocument Read(string text, string name)
    {
        if (Encoding.UTF8.GetByteCount(text) > SpecParser.MaxBytes)
        {
            throw new InvalidInputException(PrintableText.OneLine(
                $"{name}: the spec is longer than {SpecParser.MaxBytes} bytes; split it into several sweeps."));
        }
        if (IsYaml(text, name))
        {
            var yaml = YamlSpec.Read(text, name);
            var json = yaml.Root?.ToJsonString(AdaptClusterJson.Indented) ?? "null";
            return new(yaml.Source, json, Normalise(json, yaml.Source));
        }
        var source = new SpecSource(name);
        var normal = Normalise(text, source);
        return new(source, IsStrict(text) ? text : JsonNode.Parse(normal)?.ToJsonString(AdaptClusterJson.Indented) ?? "null", normal);
    }

    /// <summary>
    /// Whether a spec is written in YAML, judged by its file extension or, if there is none, by its content. YAML that is also JSON is read
    /// as JSON.
    /// </summary>
    private static bool IsYaml(string text, string name)
    {
        var first = text.AsSpan().TrimStart().TrimStart('\ufeff');
        if (Path.GetExtension(name) is var extension && extension.ToLowerInvariant() is ".yaml" or ".yml")
            return first.IsEmpty || first[0] != '{' || !IsJson(text);
        // Text from a pipe or the web page has no file name. No JSON object starts like this.
        return extension.Length == 0 && !first.IsEmpty && (first[0] is '#' or '-' or '%' || char.IsAsciiLetter(first[0]))
            && first.Contains(':');
    }

    private static bool IsJson(string text)
    {
        try
        {
            using var document = SpecText.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsStrict(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Returns what to do about an error that the parser finds only at the token after the mistake.</summary>
    private static string Remedy(JsonException error) =>
        error.Message.Contains("is invalid after a value", StringComparison.Ordinal) ? "; a comma may be missing before it" : "";

    private static byte[] Normalise(string json, SpecSource source)
    {
        try
        {
            using var document = SpecText.Parse(json);
            var (normal, problem) = SpecText.Normalise(document.RootElement);
            return normal ?? throw source.Refused(problem!.Path, problem.Message);
        }
        catch (JsonException e)
        {
            if (DuplicateKey.First(Encoding.UTF8.GetBytes(json)) is { } twice)
                throw source.RefusedAt(twice.Line, twice.Path, DuplicateKey.Message(twice.Key, twice.FirstLine), e);
            var where = e.LineNumber is { } line ? $"line {line + 1}, column {e.BytePositionInLine + 1}: " : "";
            throw new InvalidInputException(
                PrintableText.OneLine($"{source.Name}: {where}not valid JSON: {SpecParser.Reason(e)}{Remedy(e)}."), e);
        }
    }
}
