using System.Text.Json;
using System.Text.Json.Serialization;

namespace AdaptCluster.Contracts;

/// <summary>The one way in which AdaptCluster writes and reads JSON: camelCase names, enums in kebab-case, unknown and duplicate keys refused.</summary>
public static class AdaptClusterJson
{
    /// <summary>One line, for storage and hashing. The order of properties is the order of declaration, so equal values give equal text.</summary>
    public static JsonSerializerOptions Compact { get; } = Create(indented: false);

    /// <summary>Indented, for people.</summary>
    public static JsonSerializerOptions Indented { get; } = Create(indented: true);

    /// <summary>An enum value as specs, JSON and people read it, such as "gradient-norm".</summary>
    public static string Name<T>(T value) where T : struct, Enum => JsonSerializer.SerializeToElement(value, Compact).GetString()!;

    private static JsonSerializerOptions Create(bool indented)
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
        {
            WriteIndented = indented,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            AllowDuplicateProperties = false,
            NumberHandling = JsonNumberHandling.Strict,
            PropertyNameCaseInsensitive = false,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false) },
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
