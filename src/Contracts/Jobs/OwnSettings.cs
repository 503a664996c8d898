using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The settings for a method defined in a separate assembly, as canonical JSON without spaces and with keys in ordinal order. Equal
/// settings have equal text, so jobs can be compared and hashed regardless of the settings' type.
/// </summary>
[JsonConverter(typeof(OwnSettingsJsonConverter))]
[GenerateSerializer, Immutable, Alias("OwnSettings")]
public readonly record struct OwnSettings
{
    /// <summary>Initializes the canonical text from a method's settings.</summary>
    /// <param name="settings">The object under the method's name in a spec, with every default filled in.</param>
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

/// <summary>Writes <see cref="OwnSettings"/> as a JSON object, and reads them back.</summary>
internal sealed class OwnSettingsJsonConverter : JsonConverter<OwnSettings>
{
    public override OwnSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonNode.Parse(ref reader) is JsonObject settings ? new(settings) : throw new JsonException("Method settings must be an object.");

    public override void Write(Utf8JsonWriter writer, OwnSettings value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json);
}
