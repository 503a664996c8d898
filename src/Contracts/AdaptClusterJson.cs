using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts;

/// <summary>
/// The JSON serializer options used throughout AdaptCluster: camelCase names, enums in kebab-case, and no duplicate keys. Unknown keys are
/// errors too, except in <see cref="Stored"/>.
/// </summary>
public static class AdaptClusterJson
{
    /// <summary>
    /// Options that write one line, for storage and hashing. Properties are written in the order of declaration, so equal values produce
    /// equal text.
    /// </summary>
    public static JsonSerializerOptions Compact { get; } = Create();

    /// <summary>Options that write indented text, for people to read.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>
    /// Options for reading JSON that any version has stored. They equal <see cref="Compact"/>, except that unknown keys are skipped. If a
    /// newer version adds a key that must not be skipped, it marks the text with a format number stored next to it.
    /// </summary>
    public static JsonSerializerOptions Stored { get; } = Create(unknown: JsonUnmappedMemberHandling.Skip);

    /// <summary>Returns the name of an enum value as it appears in specs, JSON and messages, such as "gradient-norm".</summary>
    public static string Name<T>(T value) where T : struct, Enum => Names.ConvertName(value.ToString());

    private static JsonNamingPolicy Names => JsonNamingPolicy.KebabCaseLower;

    private static JsonSerializerOptions Create(bool indented = false,
        JsonUnmappedMemberHandling unknown = JsonUnmappedMemberHandling.Disallow)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            UnmappedMemberHandling = unknown,
            AllowDuplicateProperties = false,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            Converters = { new JsonStringEnumConverter(Names, allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
