using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The settings of a method from an assembly of its own, as canonical JSON: no spaces, and keys in ordinal order. Equal settings have equal
/// text, so jobs can be compared and hashed by it whatever the type of the settings.
/// </summary>
[JsonConverter(typeof(OwnSettingsJsonConverter))]
[GenerateSerializer, Immutable, Alias("OwnSettings")]
public readonly record struct OwnSettings
{
    /// <summary>Creates the canonical text of some settings.</summary>
    /// <param name="settings">The object that a spec has under the method's name, with every default written out.</param>
    public OwnSettings(JsonObject settings) => Json = Canonical(settings)!.ToJsonString();

    /// <summary>The canonical text.</summary>
    [Id(0)] public string Json { get; }

    /// <inheritdoc/>
    public override string ToString() => Json;

    private static JsonNode? Canonical(JsonNode? node) => node switch
    {
        JsonObject some => new JsonObject(some.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .Select(pair => KeyValuePair.Create(pair.Key, Canonical(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Canonical)]),
        _ => node?.DeepClone(),
    };
}

/// <summary>Writes a method's own settings as a JSON object, and reads them back.</summary>
internal sealed class OwnSettingsJsonConverter : JsonConverter<OwnSettings>
{
    public override OwnSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonNode.Parse(ref reader) is JsonObject settings ? new(settings) : throw new JsonException("Settings of a method are an object.");

    public override void Write(Utf8JsonWriter writer, OwnSettings value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json);
}
