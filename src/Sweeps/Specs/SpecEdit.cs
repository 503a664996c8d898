using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>Changes single values in the text of a spec, as <c>--set path=value</c> does.</summary>
public static class SpecEdit
{
    /// <summary>The maximum number of steps in a path; specs have only five levels.</summary>
    private const int MaxSteps = 16;

    /// <summary>Applies assignments in order.</summary>
    /// <param name="json">The spec's text.</param>
    /// <param name="assignments">Assignments such as "train.epochs=2", "arms[1].tTarget=12" or "name=trial". A value that is not JSON is
    /// read as a string.</param>
    /// <param name="source">The name of the file, which determines whether the text is YAML.</param>
    /// <returns>The changed text, as JSON; the unchanged text if there are no assignments.</returns>
    /// <exception cref="InvalidInputException">An assignment is malformed, or its path does not exist.</exception>
    public static string Apply(string json, IReadOnlyList<string> assignments, string source = "")
    {
        if (assignments.Count == 0 || Root(json, source) is not { } root) return json;
        foreach (var assignment in assignments) Assign(root, assignment);
        return root.ToJsonString(AdaptClusterJson.Indented);
    }

    /// <summary>Parses the spec. Returns null if it is not valid; the spec parser then reports the error.</summary>
    private static JsonNode? Root(string json, string source)
    {
        try
        {
            return JsonNode.Parse(SpecDocument.Read(json, source).Normal);
        }
        catch (InvalidInputException)
        {
            return null;
        }
    }

    private static void Assign(JsonNode root, string assignment)
    {
        InvalidInputException Refused(string message) => new(PrintableText.OneLine($"--set {assignment}: {message}."));

        var cut = assignment.IndexOf('=', StringComparison.Ordinal);
        if (cut < 1) throw Refused("write path=value, such as train.epochs=2");
        if (!PrintableText.IsWhole(assignment)) throw Refused("the text contains half of a surrogate pair; write the whole character");
        var keys = assignment[..cut].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).TrimStart('$')
            .TrimStart('.').Split('.');
        if (keys.Length > MaxSteps)
            throw Refused($"the path has {keys.Length} steps, but can have at most {MaxSteps}; check the path");
        var node = root;
        foreach (var key in keys[..^1])
        {
            if (node is JsonObject holder && !holder.ContainsKey(key)) holder[key] = new JsonObject();
            node = Step(node, key) ?? throw Refused($"there is no '{key}' in the spec; check the path");
        }
        JsonNode? value;
        try
        {
            value = Value(assignment[(cut + 1)..]);
        }
        catch (JsonException e)
        {
            throw Refused(SpecParser.Reason(e));
        }
        if (node is JsonObject target) target[keys[^1]] = value;
        else if (node is JsonArray array && int.TryParse(keys[^1], out var index) && index >= 0 && index < array.Count)
            array[index] = value;
        else throw Refused($"there is no '{keys[^1]}' in the spec; check the path");
    }

    private static JsonNode? Step(JsonNode? node, string key) => node switch
    {
        JsonObject holder => holder[key],
        JsonArray array when int.TryParse(key, out var index) && index >= 0 && index < array.Count => array[index],
        _ => null,
    };

    /// <summary>Parses a value as JSON; returns it as a string if it is not JSON.</summary>
    /// <exception cref="JsonException">The value is JSON that a spec cannot contain, such as an object with a duplicate
    /// key.</exception>
    private static JsonNode? Value(string text)
    {
        try
        {
            using var lenient = JsonDocument.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
        using var document = SpecText.Parse(text);
        var (json, problem) = SpecText.Normalise(document.RootElement);
        return problem is null ? JsonNode.Parse(json)
            : throw new JsonException(problem.Path == "$" ? problem.Message : $"{problem.Path}: {problem.Message}");
    }
}
