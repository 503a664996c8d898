using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AdaptCluster.Contracts;
using AdaptCluster.Contracts.Jobs;
using AdaptCluster.Sweeps.Specs;

namespace AdaptCluster.Sweeps.Methods;

/// <summary>
/// A setting, as declared by a property. Its JSON Schema and its row in the docs come from the property's type, [Range] and [Description];
/// its default comes from the initialiser.
/// </summary>
/// <param name="Name">The setting's key in specs.</param>
/// <param name="Meaning">The meaning of the setting, in one sentence.</param>
/// <param name="Default">The default value, described in words if it is not a single value.</param>
/// <param name="Schema">The JSON Schema for one value.</param>
public sealed record SettingInfo(string Name, string Meaning, string Default, JsonObject Schema)
{
    /// <summary>The maximum length of a string setting.</summary>
    private const int MaxText = 300;

    /// <summary>Returns the settings that the properties of a record declare, in declaration order.</summary>
    /// <param name="settings">The record's type. Properties without [Description] are not settings.</param>
    public static IReadOnlyList<SettingInfo> Of(Type settings)
    {
        var defaults = Activator.CreateInstance(settings)!;
        return [.. settings.GetProperties().OrderBy(property => property.MetadataToken)
            .Where(property => property.GetCustomAttribute<DescriptionAttribute>() is not null)
            .Select(property => Of(property, property.GetValue(defaults)))];
    }

    /// <summary>Returns a setting's key in specs and stored plans.</summary>
    internal static string Key(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);

    private static SettingInfo Of(PropertyInfo property, object? value)
    {
        var meaning = property.GetCustomAttribute<DescriptionAttribute>()!.Description;
        var words = property.GetCustomAttribute<DefaultMeansAttribute>()?.Words ?? Text(value)
            ?? throw new InvalidOperationException(
                $"{property.DeclaringType!.Name}.{property.Name} is null by default; add [DefaultMeans] with the meaning of null.");
        var schema = Typed(property);
        schema["description"] = $"{meaning} Default: {words}.";
        return new(Key(property), meaning, words, schema);
    }

    private static JsonObject Typed(PropertyInfo property)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (type.IsEnum) return new() { ["enum"] = Names(type) };
        if (type == typeof(bool)) return new() { ["type"] = "boolean" };
        if (type == typeof(string))
            return new()
            {
                ["type"] = "string",
                ["pattern"] = property.GetCustomAttribute<ClassTextAttribute>() is null ? SpecSchema.PlainText : SpecSchema.ClassText,
                ["maxLength"] = MaxText,
            };
        if (type != typeof(int) && type != typeof(double))
            throw new InvalidOperationException(
                $"{property.DeclaringType!.Name}.{property.Name} is a {type.Name}; "
                + "a setting must be an int, a double, a bool, an enum or a string.");
        var range = property.GetCustomAttribute<RangeAttribute>() ?? throw new InvalidOperationException(
            $"{property.DeclaringType!.Name}.{property.Name} has no [Range]; add one with the values that specs may use.");
        return new()
        {
            ["type"] = type == typeof(int) ? "integer" : "number",
            [range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum"] = Number(range.Minimum),
            [range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum"] = Number(range.Maximum),
        };
    }

    private static JsonArray Names(Type type) =>
        [.. Enum.GetNames(type).Select(name => (JsonNode)JsonNamingPolicy.KebabCaseLower.ConvertName(name))];

    /// <summary>Converts a bound to a decimal, which JSON writes without an exponent.</summary>
    private static JsonValue Number(object bound) => JsonValue.Create(Convert.ToDecimal(bound, CultureInfo.InvariantCulture));

    private static string? Text(object? value) => value switch
    {
        null => null,
        bool flag => flag ? "true" : "false",
        Enum name => JsonSerializer.SerializeToElement(name, name.GetType(), AdaptClusterJson.Compact).GetString(),
        double number => ((decimal)number).ToString(CultureInfo.InvariantCulture),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    };
}
