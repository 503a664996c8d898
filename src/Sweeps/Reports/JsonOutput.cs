using System.Text.Json;
using System.Text.Json.Nodes;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Sweeps;

namespace AdaptCluster.Sweeps.Reports;

/// <summary>
/// Writes the output of <c>--json</c>: one object or a list of objects. Every object that belongs to a sweep contains the sweep's id as
/// <c>sweep</c>, in addition to its own members.
/// </summary>
public static class JsonOutput
{
    private const string Sweep = "sweep", Id = "id";

    /// <summary>Writes a value.</summary>
    /// <param name="output">The destination.</param>
    /// <param name="value">An object or a list of objects.</param>
    /// <param name="sweep">The sweep that the value belongs to; null if it belongs to none, or if each object has its own id.</param>
    public static Task WriteAsync<T>(TextWriter output, T value, SweepId? sweep = null) =>
        output.WriteLineAsync(Node(value, sweep)?.ToJsonString(AdaptClusterJson.Indented));

    /// <summary>Returns the JSON node that <c>WriteAsync</c> writes for a value.</summary>
    public static JsonNode? Node<T>(T value, SweepId? sweep = null)
    {
        var node = JsonSerializer.SerializeToNode(value, AdaptClusterJson.Indented);
        switch (node)
        {
            case JsonObject single:
                Name(single, sweep?.Value);
                break;
            case JsonArray list:
                // The id of an audit entry is a number, not a sweep's id.
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
