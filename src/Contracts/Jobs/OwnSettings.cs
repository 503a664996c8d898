using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts.Jobs;

/// <summary>
/// The settings of a method that comes with an assembly of its own, as JSON in one canonical form: no spaces, and keys in ordinal order.
/// Equal settings have equal texts, so jobs compare and hash by them whatever their types are.
/// </summary>
[JsonConverter(typeof(OwnSettingsJsonConverter))]
[GenerateSerializer, Immutable, Alias("OwnSettings")]
public readonly record struct OwnSettings
{
    /// <summary>Takes settings.</summary>
    /// <param name="settings">The object that a spec holds under the method's name, every default written out.</param>
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

/// <summary>Writes a method's own settings as the object that they are.</summary>
internal sealed class OwnSettingsJsonConverter : JsonConverter<OwnSettings>
{
    public override OwnSettings Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        JsonNode.Parse(ref reader) is JsonObject settings ? new(settings) : throw new JsonException("Settings of a method are an object.");

    public override void Write(Utf8JsonWriter writer, OwnSettings value, JsonSerializerOptions options) => writer.WriteRawValue(value.Json);
}
