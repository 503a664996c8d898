using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// What <c>--json</c> prints: one object, or a list of them, and in each that is about a sweep the sweep's id as <c>sweep</c>, whatever
/// else is in it.
/// </summary>
public static class JsonOutput
{
    private const string Sweep = "sweep", Id = "id";

    /// <summary>Writes a value.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="value">An object or a list of objects.</param>
    /// <param name="sweep">The sweep that it is about; null where it is about none, or where each object has an id of its own.</param>
    public static Task WriteAsync<T>(TextWriter output, T value, SweepId? sweep = null) =>
        output.WriteLineAsync(Node(value, sweep)?.ToJsonString(AdaptClusterJson.Indented));

    /// <summary>The same as a node.</summary>
    public static JsonNode? Node<T>(T value, SweepId? sweep = null)
    {
        var node = JsonSerializer.SerializeToNode(value, AdaptClusterJson.Indented);
        switch (node)
        {
            case JsonObject single:
                Name(single, sweep?.Value);
                break;
            case JsonArray list:
                // An entry of the audit log has a number of its own.
                foreach (var item in list.OfType<JsonObject>())
                    Name(item, sweep?.Value ?? (item[Id] is JsonValue id && id.TryGetValue<string>(out var own) ? own : null));
                break;
        }
        return node;
    }

    private static void Name(JsonObject item, string? sweep)
    {
        if (sweep is not null && !item.ContainsKey(Sweep)) item.Insert(0, Sweep, sweep);
    }
}
