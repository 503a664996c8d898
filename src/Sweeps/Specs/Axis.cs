using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using AdaptCluster.Sweeps.Random;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// An arm's setting with several values: a list, or a range from which values are drawn. Under "adaptive", the values become candidates
/// instead of rows, and each data set chooses one of them.
/// </summary>
/// <param name="Place">The keys from the arm to the setting.</param>
/// <param name="Values">The values.</param>
/// <param name="Chosen">Whether each data set chooses one of the values.</param>
internal sealed record Axis(string[] Place, JsonArray Values, bool Chosen)
{
    private const string Adaptive = "adaptive", From = "from", To = "to", Scale = "scale", Samples = "samples";

    /// <summary>The number of significant digits of a drawn number. It is enough for a setting, and small enough for a table.</summary>
    private const int Digits = 4;

    /// <summary>The setting's name.</summary>
    public string Name => Place[^1];

    /// <summary>Returns the object within an arm that contains the setting.</summary>
    public JsonObject Holder(JsonObject arm) => Place[..^1].Aggregate(arm, (node, key) => node[key]!.AsObject());

    /// <summary>Returns the setting's value at a point of the grid.</summary>
    public JsonNode At(JsonObject point) => Holder(point)[Name]!;

    /// <summary>Returns the axis of a setting; null if the setting has a single value.</summary>
    /// <param name="place">The keys from the arm to the setting.</param>
    /// <param name="value">The setting's value in the arm, which the schema has accepted.</param>
    /// <param name="path">The setting's JSON path.</param>
    /// <param name="source">The spec, for error messages.</param>
    /// <param name="schema">The schema, which determines which settings are integers.</param>
    public static Axis? Of(string[] place, JsonNode? value, string path, SpecSource source, SpecSchema schema)
    {
        if (value is JsonArray list) return new(place, list, Chosen: false);
        if (value is not JsonObject described) return null;
        if (!described.TryGetPropertyValue(Adaptive, out var candidates))
            return new(place, Draw(place, described, path, source, schema), Chosen: false);
        if (described.Count > 1)
            throw source.Refused(path,
                $"'{Adaptive}' cannot be combined with a range; move the range inside it: {{\"adaptive\": {{\"from\": ...}}}}");
        return new(place, candidates as JsonArray
            ?? Draw(place, candidates!.AsObject(), $"{path}.{Adaptive}", source, schema), Chosen: true);
    }

    /// <summary>
    /// Draws the values of a range with the counter-based generator, keyed by the setting's name. The same range therefore always gives the
    /// same values, regardless of the rest of the spec.
    /// </summary>
    private static JsonArray Draw(string[] place, JsonObject range, string path, SpecSource source, SpecSchema schema)
    {
        foreach (var key in (string[])[From, To, Samples])
            if (!range.ContainsKey(key))
                throw source.Refused(
                    path, $"'{key}' is missing; write a range as {{\"from\": 1e-4, \"to\": 1e-2, \"scale\": \"log\", \"samples\": 8}}");
        var (from, to, samples) = ((double)range[From]!, (double)range[To]!, (int)range[Samples]!);
        var log = (string?)range[Scale] == "log";
        if (to <= from)
            throw source.Refused($"{path}.{To}",
                $"found {range[To]!.ToJsonString()}; write a number above 'from' ({range[From]!.ToJsonString()})");
        if (log && from <= 0)
            throw source.Refused($"{path}.{From}", $"found {range[From]!.ToJsonString()}; a logarithmic scale must start above 0");
        var seed = BitConverter.ToInt32(SHA256.HashData(Encoding.UTF8.GetBytes(place[^1])));
        var whole = schema.IsWhole(place);
        var values = Enumerable.Range(0, samples).Select(i =>
        {
            var at = new CounterRandom(RandomPurpose.Axis, seed, i).NextDouble();
            var value = log ? from * Math.Pow(to / from, at) : from + ((to - from) * at);
            return whole ? Math.Round(value, MidpointRounding.ToEven) : Math.Clamp(Rounded(value), from, to);
        }).Distinct().Order();
        return new JsonArray([.. values.Select(value => (JsonNode)(whole ? JsonValue.Create((long)value) : JsonValue.Create(value)))]);
    }

    private static double Rounded(double value) =>
        double.Parse(value.ToString($"G{Digits}", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
}
