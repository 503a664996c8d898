using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts;

/// <summary>
/// The one way in which AdaptCluster writes and reads JSON: camelCase names, enums in kebab-case, duplicate keys refused, and unknown ones
/// too in what users write.
/// </summary>
public static class AdaptClusterJson
{
    /// <summary>
    /// One line, for storage and hashing. The order of properties is the order of declaration, so equal values give equal text.
    /// </summary>
    public static JsonSerializerOptions Compact { get; } = Create();

    /// <summary>Indented, for people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>
    /// <see cref="Compact"/> for reading what a program of this or another version has stored: keys that it does not know are skipped. A
    /// newer program that writes a key which must not be skipped says so by a number beside the text.
    /// </summary>
    public static JsonSerializerOptions Stored { get; } = Create(unknown: JsonUnmappedMemberHandling.Skip);

    /// <summary>An enum value as specs, JSON and people read it, such as "gradient-norm".</summary>
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
