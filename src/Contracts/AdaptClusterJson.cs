using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts;

/// <summary>
/// The JSON settings that all of AdaptCluster uses: camelCase names, enums in kebab-case, and no duplicate keys. Unknown keys are errors
/// too, except in <see cref="Stored"/>.
/// </summary>
public static class AdaptClusterJson
{
    /// <summary>
    /// Writes one line, for storage and hashing. Properties are written in the order of declaration, so equal values give equal text.
    /// </summary>
    public static JsonSerializerOptions Compact { get; } = Create();

    /// <summary>Writes indented text, for people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>
    /// Reads JSON that this or another version has stored: like <see cref="Compact"/>, but unknown keys are skipped. A newer version that
    /// writes a key which must not be skipped marks it by a format number stored beside the text.
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
