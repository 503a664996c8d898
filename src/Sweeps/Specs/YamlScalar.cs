using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace AdaptCluster.Sweeps.Specs;

/// <summary>
/// Interprets unquoted scalars according to the core schema of YAML 1.2, in which "yes" and "off" are text and 1e-4 is a number.
/// </summary>
internal static partial class YamlScalar
{
    /// <summary>Returns the value of a plain scalar.</summary>
    /// <param name="text">The scalar as written.</param>
    public static JsonNode? Plain(string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => null,
        "true" or "True" or "TRUE" => JsonValue.Create(true),
        "false" or "False" or "FALSE" => JsonValue.Create(false),
        _ when Number().Match(text) is { Success: true } number => JsonNode.Parse(Written(number)),
        _ when Base(text) is { } whole => JsonValue.Create(whole),
        _ => JsonValue.Create(text),
    };

    /// <summary>Returns a number in JSON syntax: with a digit before the decimal point, and without leading zeros or a plus sign.</summary>
    private static string Written(Match number)
    {
        var whole = number.Groups["whole"].Value.TrimStart('0');
        var part = number.Groups["part"].Value;
        return (number.Groups["sign"].Value == "-" ? "-" : "") + (whole.Length == 0 ? "0" : whole)
            + (part.Length == 0 ? "" : $".{part}") + number.Groups["power"].Value;
    }

    private static long? Base(string text)
    {
        if (text.StartsWith("0x", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal)
            && hexadecimal >= 0) return hexadecimal;
        // 20 octal digits always fit in a long.
        return Octal().IsMatch(text) ? Convert.ToInt64(text[2..], 8) : null;
    }

    [GeneratedRegex(@"^(?<sign>[-+]?)(?=\.?[0-9])(?<whole>[0-9]*)(\.(?<part>[0-9]*))?(?<power>([eE][-+]?[0-9]+)?)\z")]
    private static partial Regex Number();

    [GeneratedRegex(@"^0o[0-7]{1,20}\z")]
    private static partial Regex Octal();
}
