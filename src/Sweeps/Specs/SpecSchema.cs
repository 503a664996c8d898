using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Sweeps.Methods;
using Json.Schema;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>The JSON Schema for specs that use a catalog's methods and formats. Validation errors are reported on one line.</summary>
public sealed class SpecSchema
{
    /// <summary>The pattern for text that is displayed on one line.</summary>
    internal const string PlainText = "^[^\\u0000-\\u001f\\u007f-\\u009f]*$(?!\\n)";

    /// <summary>The pattern for a class's text, where "{}" stands for the class name.</summary>
    internal const string ClassText =
        "^[^{}\\u0000-\\u001f\\u007f-\\u009f]*\\{\\}[^{}\\u0000-\\u001f\\u007f-\\u009f]*$(?!\\n)";

    // Shared, because the library traverses the whole schema again for new options.
    private static readonly EvaluationOptions Options = new() { OutputFormat = OutputFormat.List };

    // The library keeps evaluation state in the schema: two concurrent evaluations would accept an invalid document.
    private readonly Lock _evaluating = new();
    private readonly JsonSchema _schema;
    private readonly JsonObject _root;
    private readonly KeyHints _habits;

    /// <summary>Generates and loads the schema.</summary>
    /// <param name="methods">The methods.</param>
    internal SpecSchema(MethodCatalog methods)
    {
        _root = SchemaText.Of(methods);
        _habits = new KeyHints(_root);
        Text = SchemaText.Published(_root);
        _schema = JsonSchema.FromText(Text);
    }

    /// <summary>The schema's text, exactly as published.</summary>
    public string Text { get; }

    /// <summary>Validates a document.</summary>
    /// <returns>Null if the document is valid; otherwise the first of the most deeply nested problems.</returns>
    public SpecProblem? Check(JsonElement document)
    {
        EvaluationResults results;
        lock (_evaluating) results = _schema.Evaluate(document, Options);
        if (results.IsValid) return null;
        // Every enclosing level fails with the innermost one; only the innermost is informative.
        var failure = results.Details
            .Where(detail => !detail.IsValid && detail.Errors is { Count: > 0 }
                && !detail.EvaluationPath.ToString().Contains("/if", StringComparison.Ordinal))
            .OrderByDescending(detail => Segments(detail.InstanceLocation.ToString()).Length)
            .ThenByDescending(detail => Segments(detail.EvaluationPath.ToString()).Length)
            .First();
        return Explain(document, Segments(failure.InstanceLocation.ToString()),
            Segments(failure.EvaluationPath.ToString()), failure.Errors!);
    }

    /// <summary>Whether a setting is an integer.</summary>
    /// <param name="place">The keys from the arm to the setting.</param>
    internal bool IsWhole(IEnumerable<string> place) => (string?)_root["$defs"]![SchemaText.Definition(place)]?["type"] == "integer";

    /// <summary>Returns the JSON path ($.a[0].b) for the segments of a JSON pointer.</summary>
    internal static string JsonPath(IEnumerable<string> segments) =>
        "$" + string.Concat(segments.Select(s =>
            int.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? $"[{s}]" : $".{s}"));

    private SpecProblem Explain(JsonElement document, string[] instance, string[] evaluation,
        IReadOnlyDictionary<string, string> errors)
    {
        if (evaluation is [.., "additionalProperties"])
        {
            var known = Node(evaluation[..^1])!["properties"]!.AsObject().Select(p => p.Key).ToArray();
            return new(JsonPath(instance[..^1]), UnknownName("key", instance[^1], known, _habits.Hint(instance[^1], known)),
                instance[^1]);
        }
        var schema = Node(evaluation)!.AsObject();
        var found = Describe(Value(document, instance));
        var keyword = errors.Keys.First();
        string Number(string name) => schema[name]!.ToJsonString();
        string Missing() =>
            schema["required"]!.AsArray().Select(k => (string)k!).First(k => !Value(document, instance).TryGetProperty(k, out _));
        return new(JsonPath(instance), keyword switch
        {
            "required" => $"'{Missing()}' is missing; add it",
            "type" => $"found {found}; write {Article((string)schema["type"]!)}",
            "enum" => Enumerated(Value(document, instance), schema["enum"]!.AsArray(), found),
            "minimum" => $"found {found}; write a number of at least {Number("minimum")}",
            "maximum" => $"found {found}; write a number of at most {Number("maximum")}",
            "exclusiveMinimum" => $"found {found}; write a number above {Number("exclusiveMinimum")}",
            "exclusiveMaximum" => $"found {found}; write a number below {Number("exclusiveMaximum")}",
            "minItems" => "the list is empty; give it at least one value",
            "maxItems" => $"the list has more than {Number("maxItems")} values; make it shorter",
            "uniqueItems" => "a value is listed twice; list it once",
            "pattern" when Value(document, instance).GetString()!.Any(char.IsControl) =>
                $"found {found}, which contains a control character; remove it",
            "pattern" when (string?)schema["pattern"] == ClassText =>
                $"found {found}; write a string with one {{}} for the class name",
            "pattern" => $"found {found}; write at most 64 letters, digits, '.', '_', '-' and spaces, starting with a letter or digit",
            "minLength" => "the string is empty; write at least one character",
            "maxLength" => $"the string is longer than {Number("maxLength")} characters; make it shorter",
            _ => $"found {found}: {errors[keyword]}",
        });
    }

    /// <summary>Returns the error message for an unknown name, including the most similar known name.</summary>
    /// <param name="what">The kind of name, such as "key".</param>
    /// <param name="name">The name that was written.</param>
    /// <param name="known">The known names.</param>
    /// <param name="meant">The hint to show; null to search for the most similar name.</param>
    internal static string UnknownName(string what, string name, IReadOnlyCollection<string> known, string? meant = null)
    {
        var hint = meant ?? (EditDistance.Nearest(name, known, least: 2) is { } nearest
            ? $"did you mean '{nearest}'?" : $"known: {string.Join(", ", known)}");
        return $"unknown {what} '{(name.Length <= 60 ? name : name[..57] + "...")}'; {hint}";
    }

    private static string Enumerated(JsonElement value, JsonArray allowed, string found)
    {
        var names = allowed.Select(a => (string)a!).ToArray();
        return value.ValueKind == JsonValueKind.String
            ? UnknownName("value", value.GetString()!, names)
            : $"found {found}; write one of {string.Join(", ", names.Select(n => $"\"{n}\""))}";
    }

    private JsonNode? Node(string[] evaluationPath)
    {
        JsonNode? node = _root;
        foreach (var segment in evaluationPath)
        {
            node = segment == "$ref"
                ? Segments(((string)node!["$ref"]!)[1..]).Aggregate((JsonNode?)_root, (n, s) => n![s]!)
                : node is JsonArray array ? array[int.Parse(segment, CultureInfo.InvariantCulture)]! : node![segment]!;
        }
        return node;
    }

    private static JsonElement Value(JsonElement document, IEnumerable<string> path) => path.Aggregate(document, (value, segment) =>
        value.ValueKind == JsonValueKind.Array ? value[int.Parse(segment, CultureInfo.InvariantCulture)] : value.GetProperty(segment));

    /// <summary>Formats a value for a message.</summary>
    internal static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        _ => value.GetRawText() is { Length: <= 60 } text ? text : value.GetRawText()[..57] + "...",
    };

    private static string Article(string type) => type switch
    {
        "integer" => "a whole number",
        "array" => "a list [...]",
        "object" => "an object {...}",
        "string" => "a string \"...\"",
        "boolean" => "true or false",
        _ => "a number",
    };

    private static string[] Segments(string pointer) =>
        pointer.TrimStart('#').Split('/').Skip(1).Select(
            s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)).ToArray();
}

/// <summary>An error in a spec and its place.</summary>
/// <param name="Path">The JSON path.</param>
/// <param name="Message">The message: what was found and what to write instead.</param>
/// <param name="Key">The key below the path that is invalid; null if the problem is not about a key.</param>
public sealed record SpecProblem(string Path, string Message, string? Key = null);
