using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;

namespace AdaptCluster.Grains.Specs;

/// <summary>Changes single values of a spec's text, as <c>--set path=value</c> does.</summary>
public static class SpecEdit
{
    /// <summary>Applies assignments in order.</summary>
    /// <param name="json">The spec's text.</param>
    /// <param name="assignments">Such as "train.epochs=2", "arms[1].tTarget=12" or "name=trial"; the value is JSON, or else a text.</param>
    /// <returns>The changed text.</returns>
    /// <exception cref="InvalidInputException">An assignment has another form, or its path leads nowhere.</exception>
    public static string Apply(string json, IReadOnlyList<string> assignments)
    {
        if (assignments.Count == 0) return json;
        JsonNode? root;
        try
        {
            root = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return json; // The parser of the spec reports it, with the place.
        }
        foreach (var assignment in assignments) Assign(root, assignment);
        return root!.ToJsonString(AdaptClusterJson.Indented);
    }

    private static void Assign(JsonNode? root, string assignment)
    {
        var cut = assignment.IndexOf('=', StringComparison.Ordinal);
        if (cut < 1) throw new InvalidInputException($"--set {assignment}: write path=value, such as train.epochs=2.");
        var keys = assignment[..cut].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).TrimStart('$').TrimStart('.').Split('.');
        var node = root;
        foreach (var key in keys[..^1])
        {
            if (node is JsonObject holder && !holder.ContainsKey(key)) holder[key] = new JsonObject();
            node = Step(node, key) ?? throw new InvalidInputException($"--set {assignment}: there is no '{key}' in the spec; check the path.");
        }
        var value = Value(assignment[(cut + 1)..]);
        if (node is JsonObject target) target[keys[^1]] = value;
        else if (node is JsonArray array && int.TryParse(keys[^1], out var index) && index >= 0 && index < array.Count) array[index] = value;
        else throw new InvalidInputException($"--set {assignment}: there is no '{keys[^1]}' in the spec; check the path.");
    }

    private static JsonNode? Step(JsonNode? node, string key) => node switch
    {
        JsonObject holder => holder[key],
        JsonArray array when int.TryParse(key, out var index) && index >= 0 && index < array.Count => array[index],
        _ => null,
    };

    private static JsonNode? Value(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
